// The uptime tracker over signed HTTP (spec 11 §6).
using Skywire.Crypto;
using Skywire.Discovery.Clients;
using Skywire.Wire;

namespace Skywire.Discovery;

/// <summary>Client of an uptime tracker (or of a transport discovery of 2026, which answers the same call). Thread-safe.</summary>
public sealed class UptimeTrackerClient : IUptimeTracker
{
    private readonly SignedHttpClient _client;

    /// <summary>Talks to the tracker at <paramref name="address"/> in the name of <paramref name="key"/>, which the caller keeps alive.</summary>
    public UptimeTrackerClient(IHttpExchange exchange, string address, SecKey key, ServiceClientOptions options, TimeProvider time)
    {
        _client = new SignedHttpClient(new ServiceLink(exchange, "uptime tracker", address, options, time), key);
    }

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes => _client.Link.Causes;

    /// <inheritdoc/>
    public async Task UpdateAsync(string version, CancellationToken cancellationToken)
    {
        var reply = await _client.CallAsync("GET", "/v4/update?version=" + Uri.EscapeDataString(version), default, cancellationToken);
        if (reply.Status is < 200 or > 299)
        {
            throw _client.Link.Refused(reply);
        }
    }
}
