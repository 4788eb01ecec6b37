// The transport discovery over signed HTTP (spec 11 §2).
using Skywire.Crypto;
using Skywire.Discovery.Clients;
using Skywire.Wire;

namespace Skywire.Discovery;

/// <summary>Client of a transport discovery. Thread-safe.</summary>
public sealed class TransportDiscoveryClient : ITransportDiscovery
{
    private readonly SignedHttpClient _client;

    /// <summary>Talks to the discovery at <paramref name="address"/> in the name of <paramref name="key"/>, which the caller keeps alive.</summary>
    public TransportDiscoveryClient(IHttpExchange exchange, string address, SecKey key, ServiceClientOptions options, TimeProvider time)
    {
        _client = new SignedHttpClient(new ServiceLink(exchange, "transport discovery", address, options, time), key);
    }

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes => Link.Causes;

    private ServiceLink Link => _client.Link;

    /// <inheritdoc/>
    public async Task RegisterAsync(IReadOnlyList<SignedTransportEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
        {
            return;
        }

        var reply = await _client.CallAsync("POST", "/transports/", WithNewline(entries.ToJson()), cancellationToken);

        // 409: registered already, which is what was asked for.
        if (reply.Status is not (200 or 201 or 409))
        {
            throw Link.Refused(reply);
        }
    }

    /// <inheritdoc/>
    public async Task ReregisterAsync(IReadOnlyList<TransportEntry> entries, CancellationToken cancellationToken)
    {
        // A transport to oneself is nobody else's business; an empty list is sent too, for it clears stale state (spec 11 §2.4).
        IReadOnlyList<TransportEntry> shared = [.. entries.Where(e => e.Edge0 != e.Edge1)];
        var reply = await _client.CallAsync("POST", "/v3/transports/", shared.ToJson(), cancellationToken, new KeyValuePair<string, string>("SW-Visor-Version", Link.Options.VisorVersion));
        if (reply.Status == 404)
        {
            await RegisterAsync([.. shared.Select(e => new SignedTransportEntry(e, default, default))], cancellationToken);
            return;
        }

        if (reply.Status is < 200 or > 299)
        {
            throw Link.Refused(reply);
        }
    }

    /// <inheritdoc/>
    public async Task<TransportEntry?> GetByIdAsync(TransportId id, CancellationToken cancellationToken)
    {
        var reply = await _client.CallAsync("GET", $"/transports/id:{id}", default, cancellationToken);
        return reply.Status switch
        {
            200 => TransportEntryJson.Parse(reply.Body.Span) is { } entry && entry.Id == id ? entry : throw Link.BadAnswer("not the transport asked for"),
            404 => null,
            _ => throw Link.Refused(reply),
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TransportEntry>> GetByEdgeAsync(PubKey edge, CancellationToken cancellationToken)
    {
        var reply = await _client.CallAsync("GET", $"/transports/edge:{edge}", default, cancellationToken);
        return reply.Status switch
        {
            200 => TransportEntryJson.ParseList(reply.Body, Link.Options.MaxAnswerBytes) ?? throw Link.BadAnswer("no list of transports"),
            404 => [],
            _ => throw Link.Refused(reply),
        };
    }

    /// <summary>Every transport of the network, for computing routes here. Not signed.</summary>
    public async Task<IReadOnlyList<TransportEntry>> GetAllAsync(CancellationToken cancellationToken)
    {
        var reply = await Link.CallAsync("GET", "/all-transports", default, cancellationToken);
        return reply.Status switch
        {
            200 => TransportEntryJson.ParseList(reply.Body, Link.Options.MaxAnswerBytes) ?? throw Link.BadAnswer("no list of transports"),
            404 => [],
            _ => throw Link.Refused(reply),
        };
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(TransportId id, CancellationToken cancellationToken)
    {
        // Both ends delete; the second finds nothing.
        var reply = await _client.CallAsync("DELETE", $"/transports/id:{id}", default, cancellationToken);
        if (reply.Status is not (200 or 404))
        {
            throw Link.Refused(reply);
        }
    }

    private static byte[] WithNewline(byte[] json) => [.. json, (byte)'\n'];
}
