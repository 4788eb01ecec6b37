// The dmsg discovery over HTTP (spec 03 §10). Its requests are not signed: the entries are.
using Skywire.Crypto;
using Skywire.Discovery.Clients;
using Skywire.Discovery.Json;
using Skywire.Wire;

namespace Skywire.Discovery;

/// <summary>Client of a dmsg discovery. Thread-safe.</summary>
public sealed class DmsgDiscoveryClient : IDmsgDiscovery
{
    private readonly ServiceLink _link;

    /// <summary>Talks to the discovery at <paramref name="address"/> (URL; http when without scheme).</summary>
    public DmsgDiscoveryClient(IHttpExchange exchange, string address, ServiceClientOptions options, TimeProvider time)
    {
        _link = new ServiceLink(exchange, "dmsg discovery", address, options, time);
    }

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes => _link.Causes;

    /// <inheritdoc/>
    public async Task<DmsgEntry?> GetEntryAsync(PubKey key, CancellationToken cancellationToken)
    {
        var reply = await _link.CallAsync("GET", $"/dmsg-discovery/entry/{key}", default, cancellationToken);
        if (reply.Status == 200)
        {
            return DmsgEntry.Parse(reply.Body.Span) is { } entry && entry.Static == key ? entry : throw _link.BadAnswer("not the entry asked for");
        }

        // Only the text means "there is none": a bare 404 is a wrong address, and must not make a client start again at sequence 0.
        return IsText(reply, 404, DmsgDiscoveryTexts.NotFound) ? null : throw _link.Refused(reply);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DmsgEntry>> GetAvailableServersAsync(CancellationToken cancellationToken) => GetServersAsync("available_servers", cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DmsgEntry>> GetAllServersAsync(CancellationToken cancellationToken) => GetServersAsync("all_servers", cancellationToken);

    /// <inheritdoc/>
    public async Task PostEntryAsync(DmsgEntry entry, CancellationToken cancellationToken) =>
        Check(await _link.CallAsync("POST", "/dmsg-discovery/entry/", entry.ToJson(), cancellationToken));

    /// <inheritdoc/>
    public async Task DeleteEntryAsync(DmsgEntry entry, CancellationToken cancellationToken) =>
        Check(await _link.CallAsync("DELETE", "/dmsg-discovery/entry", entry.ToJson(), cancellationToken));

    private async Task<IReadOnlyList<DmsgEntry>> GetServersAsync(string list, CancellationToken cancellationToken)
    {
        var reply = await _link.CallAsync("GET", "/dmsg-discovery/" + list, default, cancellationToken);
        if (reply.Status == 200)
        {
            return DmsgEntry.ParseList(reply.Body, _link.Options.MaxAnswerBytes) ?? throw _link.BadAnswer("no list of entries");
        }

        return IsText(reply, 404, DmsgDiscoveryTexts.NoServers) ? [] : throw _link.Refused(reply);
    }

    private void Check(HttpReply reply)
    {
        if (reply.Status != 200)
        {
            throw _link.Refused(reply);
        }
    }

    private static bool IsText(HttpReply reply, int status, string text) => reply.Status == status && JsonInput.ErrorText(reply.Body) == text;
}
