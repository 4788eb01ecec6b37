// Limits of the clients of the network's services.
namespace Skywire.Discovery;

/// <summary>What all service clients share.</summary>
public sealed record ServiceClientOptions
{
    /// <summary>The defaults.</summary>
    public static ServiceClientOptions Default { get; } = new();

    /// <summary>
    /// Longest time for one call, waiting for its turn and the one repetition with a fresh nonce included. The reference gives its route finder 10 s and
    /// the others none; without a limit one dead service would hold up start and stop.
    /// </summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest answer read. The list of all transports of a network of 10,000 visors stays below it.</summary>
    public int MaxAnswerBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Version told to the transport discovery and the uptime tracker.</summary>
    public string VisorVersion { get; init; } = "unknown";

    /// <summary>The visor's public address, sent as SW-PublicIP to services reached over dmsg, which cannot see it (spec 05 §1); null or a null answer: not sent.</summary>
    public Func<string?>? PublicAddress { get; init; }

    /// <summary>Throws <see cref="ArgumentException"/> naming the property that is wrong.</summary>
    public void Validate()
    {
        if (CallLimit <= TimeSpan.Zero)
        {
            throw new ArgumentException($"{nameof(CallLimit)} must be positive");
        }

        if (MaxAnswerBytes < 1024)
        {
            throw new ArgumentException($"{nameof(MaxAnswerBytes)} must be at least 1024");
        }
    }
}
