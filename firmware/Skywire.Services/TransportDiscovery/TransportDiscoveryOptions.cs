// Settings of the transport discovery.
namespace Skywire.Services.TransportDiscovery;

/// <summary>How a transport discovery judges and keeps transports (spec 11 §2).</summary>
public sealed record TransportDiscoveryOptions
{
    /// <summary>Demands the signatures of both edges on v1/v2 registrations. The reference of 2025 trusts the signed request alone.</summary>
    public bool RequireSignatures { get; init; } = true;

    /// <summary>Life of a transport whose edges re-register it (v3): three of the 90 s periods and some. Registered the old way only, it stays until deleted.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A v3 list is the whole truth of its sender, so older transports of that edge which are not in it are dropped. A transport younger than this is not: the list
    /// may have been written before it was settled.
    /// </summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromSeconds(30);
}
