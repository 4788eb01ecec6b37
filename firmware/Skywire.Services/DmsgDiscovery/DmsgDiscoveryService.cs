// The dmsg discovery (spec 03 §10). Anyone may post and delete: the entry's own signature says who did. An entry is public and its signature also deletes it;
// that is the protocol, a client whose entry was deleted by a stranger writes it again at its next refresh.
using System.Net;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Json;
using Skywire.Services.Http;
using Skywire.Services.Store;

namespace Skywire.Services.DmsgDiscovery;

/// <summary>Keeps entries of dmsg clients and servers. Thread-safe.</summary>
internal sealed class DmsgDiscoveryService : EndpointService
{
    /// <summary>Most servers in the answer to available_servers, as in the reference.</summary>
    private const int MaxListedServers = 512;

    /// <summary>Most keys asked for in one batch.</summary>
    private const int MaxBatch = 512;

    private readonly DmsgDiscoveryOptions _options;

    public DmsgDiscoveryService(DmsgDiscoveryOptions options, ServiceContext context)
        : base("dmsg-discovery", context, nonces: false)
    {
        _options = options;
        Endpoints.Read("GET", "/dmsg-discovery/entry/{key}", GetEntry);
        Endpoints.Write("POST", "/dmsg-discovery/entry/", Post);
        Endpoints.Write("POST", "/dmsg-discovery/entry/{key}", Post);
        Endpoints.Write("DELETE", "/dmsg-discovery/entry", Delete);
        Endpoints.Read("GET", "/dmsg-discovery/entries", _ => reader => Keys(DmsgEntryStore.AllClients(reader).Select(c => c.Key)));
        Endpoints.Read("GET", "/dmsg-discovery/visorEntries", _ => reader => Keys(DmsgEntryStore.AllClients(reader).Where(c => c.ClientType == "visor").Select(c => c.Key)));
        Endpoints.Read("POST", "/dmsg-discovery/entries/batch", Batch);
        Endpoints.Read("GET", "/dmsg-discovery/available_servers", _ => AvailableServers);
        Endpoints.Read("GET", "/dmsg-discovery/all_servers", _ => reader => Entries(reader, DmsgEntryStore.AllServers(reader).Select(s => s.Key)));
        Endpoints.Read("GET", "/dmsg-discovery/servers/clients", _ => ServersClients);
        Endpoints.Read("GET", "/dmsg-discovery/server/{key}/clients", ServerClients);
        Endpoints.Write("DELETE", "/dmsg-discovery/deregister", Deregister);
    }

    private static Func<IStoreReader, HttpReply> GetEntry(ServiceRequest request)
    {
        if (!PubKey.TryParseLenient(request.Captures[0], out var key))
        {
            return _ => Replies.Message(400, DmsgDiscoveryTexts.BadInput);
        }

        return reader => DmsgEntryStore.Get(reader, key) is { } record ? Replies.Json(record.Value) : Replies.Message(404, DmsgDiscoveryTexts.NotFound);
    }

    private Func<IStoreWriter, HttpReply> Post(ServiceRequest request)
    {
        if (DmsgEntry.Parse(request.Call.Body.Span) is not { } entry)
        {
            return _ => Replies.Message(500, DmsgDiscoveryTexts.Unexpected);
        }

        if (IsLocalOnly(entry) && !_options.TestMode)
        {
            return _ => Invalid(DmsgDiscoveryTexts.Loopback);
        }

        if (Judge(entry) is { } refusal)
        {
            return _ => refusal;
        }

        var typed = entry.Server is { } server ? entry.WithServerType(TypeOf(entry.Static, server)) : entry;
        var shortLived = request.Query("timeout") == "true";
        return writer =>
        {
            var stored = DmsgEntryStore.Get(writer, entry.Static);
            var before = stored is null ? null : DmsgEntry.Parse(stored.Value.Span);
            if (before is not null)
            {
                if (entry.Sequence <= before.Sequence)
                {
                    return Invalid(DmsgDiscoveryTexts.BadSequence);
                }

                if (entry.Timestamp < before.Timestamp)
                {
                    return Invalid(DmsgDiscoveryTexts.OlderThanStored);
                }
            }

            var refreshes = Refreshes(writer, entry, before);
            DmsgEntryStore.Put(writer, typed, refreshes, Expiry(typed, refreshes, shortLived));
            return Replies.Message(200, stored is null ? DmsgDiscoveryTexts.WroteNew : DmsgDiscoveryTexts.WroteIteration);
        };
    }

    private Func<IStoreWriter, HttpReply> Delete(ServiceRequest request)
    {
        if (DmsgEntry.Parse(request.Call.Body.Span) is not { } entry)
        {
            return _ => Replies.Message(500, DmsgDiscoveryTexts.Unexpected);
        }

        if (Judge(entry) is { } refusal)
        {
            return _ => refusal;
        }

        return writer =>
        {
            DmsgEntryStore.Delete(writer, entry.Static.ToString());
            return Replies.Message(200, DmsgDiscoveryTexts.Deleted);
        };
    }

    /// <summary>Checks 3 to 5 of spec 03 §10, in that order because clients tell the texts apart.</summary>
    private HttpReply? Judge(DmsgEntry entry)
    {
        if (entry.Version.Length == 0)
        {
            return Invalid(DmsgDiscoveryTexts.NoVersion);
        }

        if (!entry.HasSignature)
        {
            return Invalid(DmsgDiscoveryTexts.NoSignature);
        }

        if (entry.Static.IsNull)
        {
            return Invalid(DmsgDiscoveryTexts.NoKey);
        }

        if (entry.DelegatedServers is null && entry.Server is null)
        {
            return Invalid(DmsgDiscoveryTexts.NoPart);
        }

        if (entry.Server is { Address.Length: 0 })
        {
            return Invalid(DmsgDiscoveryTexts.NoAddress);
        }

        if (entry.DelegatedServers is null)
        {
            // 128 bits: a hostile timestamp must not wrap around.
            var age = ((Int128)(Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100) - entry.Timestamp;
            if (age > (Int128)_options.OldestTimestamp.Ticks * 100 || age < -(Int128)_options.MostAhead.Ticks * 100)
            {
                return Invalid(DmsgDiscoveryTexts.OutdatedTimestamp);
            }
        }

        return entry.Verify() ? null : Replies.Message(401, DmsgDiscoveryTexts.InvalidSignature);
    }

    private RefreshCount Refreshes(IStoreReader reader, DmsgEntry entry, DmsgEntry? before)
    {
        var now = Time.GetUtcNow();
        if (DmsgEntryStore.Client(reader, entry.Static) is not { } known)
        {
            return RefreshCount.First(now);
        }

        var unchanged = before?.DelegatedServers is { } servers && entry.DelegatedServers is { } delegated && servers.SequenceEqual(delegated);
        return unchanged ? known.Refreshes.Next(now, _options.RefreshWindow) : known.Refreshes;
    }

    private DateTimeOffset? Expiry(DmsgEntry entry, RefreshCount refreshes, bool shortLived)
    {
        var now = Time.GetUtcNow();
        if (entry.Server is not null)
        {
            return now + _options.ServerLife;
        }

        if (shortLived)
        {
            return now + _options.ShortClientLife;
        }

        return refreshes.IsKept ? now + _options.ClientLife : null;
    }

    private string TypeOf(PubKey key, DmsgServerInfo server) =>
        server.ServerType == _options.OfficialPassphrase || _options.OfficialServers.Contains(key) ? "official" : "community";

    private static bool IsLocalOnly(DmsgEntry entry)
    {
        if (entry.Server is not { } server || server.Address.LastIndexOf(':') is var colon && colon < 0)
        {
            return false;
        }

        var host = server.Address[..colon].Trim('[', ']');
        return host.Length == 0 || host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }

    private static HttpReply AvailableServers(IStoreReader reader) =>
        Entries(reader, DmsgEntryStore.AllServers(reader).Where(s => s.Free > 0).OrderByDescending(s => s.Free).Take(MaxListedServers).Select(s => s.Key));

    private static HttpReply Entries(IStoreReader reader, IEnumerable<string> keys)
    {
        var json = new JsonText().BeginArray();
        var any = false;
        foreach (var key in keys)
        {
            if (DmsgEntryStore.Get(reader, PubKey.Parse(key)) is { } record)
            {
                json.Raw(record.Value.Span);
                any = true;
            }
        }

        return any ? Replies.Json(200, json.EndArray()) : Replies.Message(404, DmsgDiscoveryTexts.NoServers);
    }

    private static HttpReply Keys(IEnumerable<string> keys)
    {
        var json = new JsonText().BeginArray();
        foreach (var key in keys)
        {
            json.Text(key);
        }

        return Replies.Json(200, json.EndArray());
    }

    private static Func<IStoreReader, HttpReply> Batch(ServiceRequest request)
    {
        var keys = new SortedSet<PubKey>();
        var texts = JsonInput.Read(request.Call.Body, EndpointTable.MaxBodyBytes, root => JsonInput.Texts(root, MaxBatch));
        foreach (var text in texts ?? [])
        {
            if (!PubKey.TryParseHex(text, out var key))
            {
                texts = null;
                break;
            }

            keys.Add(key);
        }

        if (texts is null)
        {
            return _ => Replies.Message(400, DmsgDiscoveryTexts.BadInput);
        }

        return reader =>
        {
            var json = new JsonText().BeginObject();
            foreach (var key in keys)
            {
                if (DmsgEntryStore.Get(reader, key) is { } record)
                {
                    json.Name(key.ToString()).Raw(record.Value.Span);
                }
            }

            return Replies.Json(200, json.EndObject());
        };
    }

    private static HttpReply ServersClients(IStoreReader reader)
    {
        var byServer = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (key, _) in DmsgEntryStore.AllServers(reader))
        {
            byServer[key] = [];
        }

        foreach (var client in DmsgEntryStore.AllClients(reader))
        {
            foreach (var server in client.Servers)
            {
                if (byServer.TryGetValue(server, out var clients))
                {
                    clients.Add(client.Key);
                }
            }
        }

        var json = new JsonText().BeginObject();
        foreach (var (server, clients) in byServer)
        {
            json.Name(server).BeginArray();
            foreach (var client in clients)
            {
                json.Text(client);
            }

            json.EndArray();
        }

        return Replies.Json(200, json.EndObject());
    }

    private static Func<IStoreReader, HttpReply> ServerClients(ServiceRequest request)
    {
        if (!PubKey.TryParseHex(request.Captures[0], out var server))
        {
            return _ => Replies.Message(400, DmsgDiscoveryTexts.BadInput);
        }

        var text = server.ToString();
        return reader => Keys(DmsgEntryStore.AllClients(reader).Where(c => c.Servers.Contains(text)).Select(c => c.Key));
    }

    private Func<IStoreWriter, HttpReply> Deregister(ServiceRequest request)
    {
        if (Monitors.Check(request.Call, out var names) is { } refusal)
        {
            return _ => refusal;
        }

        return writer =>
        {
            foreach (var name in names)
            {
                if (PubKey.TryParseHex(name, out var key))
                {
                    DmsgEntryStore.Delete(writer, key.ToString());
                }
            }

            return Replies.Json("null"u8.ToArray());
        };
    }

    private static HttpReply Invalid(string text) => Replies.Message(422, DmsgDiscoveryTexts.Validation + text);
}
