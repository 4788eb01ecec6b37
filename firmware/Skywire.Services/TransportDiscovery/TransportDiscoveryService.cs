// The transport discovery (spec 11 §2): v1/v2 with signed entries, v3 with bare ones that are re-registered.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Json;
using Skywire.Services.Http;
using Skywire.Services.Store;
using Skywire.Services.UptimeTracker;

namespace Skywire.Services.TransportDiscovery;

/// <summary>Keeps the transports of the network. Thread-safe.</summary>
internal sealed class TransportDiscoveryService : EndpointService
{
    /// <summary>Most signed entries in one request: each costs two signature checks; the reference sends one.</summary>
    private const int MaxSignedEntries = 128;

    private const int MaxBatch = 4096;
    private const string NotFound = "transport not found";

    private readonly TransportDiscoveryOptions _options;
    private readonly TransportCache _cache = new();

    public TransportDiscoveryService(TransportDiscoveryOptions options, ServiceContext context)
        : base("transport-discovery", context, nonces: true)
    {
        _options = options;
        Endpoints.Signed("POST", "/transports/", Register);
        Endpoints.Signed("GET", "/transports/id:{id}", GetById);
        Endpoints.Signed("DELETE", "/transports/id:{id}", Delete);
        Endpoints.Signed("GET", "/transports/edge:{key}", GetByEdge);
        Endpoints.Signed("POST", "/transports/delete-batch", DeleteBatch);
        Endpoints.Write("DELETE", "/transports/deregister", Deregister);
        Endpoints.Read("GET", "/all-transports", _ => reader => List(TransportStore.All(reader), whenNone: "[]"));
        Endpoints.Read("POST", "/statuses", _ => _ => Replies.Empty(410));
        Endpoints.Signed("POST", "/v3/transports/", Reregister);
        Endpoints.Read("GET", "/v3/transports/edge:{key}", request => GetByEdge(request));
        Endpoints.Signed("GET", "/v4/update", Heartbeat);
    }

    private Func<IStoreWriter, HttpReply> Register(ServiceRequest request)
    {
        if (TransportEntryJson.ParseSignedList(request.Call.Body, EndpointTable.MaxBodyBytes) is not { } entries)
        {
            return _ => Replies.Error(400, "not a list of signed transport entries", Replies.PlainType);
        }

        if (entries.Count > MaxSignedEntries)
        {
            return _ => Replies.Error(400, $"more than {MaxSignedEntries} entries", Replies.PlainType);
        }

        foreach (var entry in entries)
        {
            if (Flaw(entry, request.Caller) is { } flaw)
            {
                return _ => Replies.Error(400, $"{entry.Entry.Id}: {flaw}", Replies.PlainType);
            }
        }

        return writer =>
        {
            var now = Time.GetUtcNow();
            foreach (var entry in entries)
            {
                // Registering again is a refresh, not an error.
                TransportStore.Put(writer, entry.Entry, now, expires: null);
            }

            // 201, so the nonce stays (spec 05 §2); text/plain, as the reference writes the status before the type.
            return new HttpReply(201, Replies.PlainType, (byte[])[.. entries.ToJson(), (byte)'\n']);
        };
    }

    private string? Flaw(SignedTransportEntry signed, PubKey caller)
    {
        var entry = signed.Entry;
        if (!entry.HasEdge(caller))
        {
            return "the caller is not an edge";
        }

        if (!entry.IsConsistent)
        {
            return "ID or order of edges is wrong";
        }

        return !_options.RequireSignatures || (signed.IsSignedBy(entry.Edge0) && signed.IsSignedBy(entry.Edge1)) ? null : "a signature is missing or wrong";
    }

    private Func<IStoreWriter, HttpReply> Reregister(ServiceRequest request)
    {
        if (TransportEntryJson.ParseList(request.Call.Body, EndpointTable.MaxBodyBytes) is not { } entries)
        {
            return _ => Replies.Error(400, "not a list of transport entries");
        }

        // What does not concern the caller, or is no transport, is left out; the rest of the list is still true.
        IReadOnlyList<TransportEntry> accepted = [.. entries.Where(e => e.HasEdge(request.Caller) && e.Edge0 != e.Edge1 && e.IsConsistent)];
        var version = request.Call.Header("SW-Visor-Version") ?? "";
        return writer =>
        {
            var now = Time.GetUtcNow();
            var listed = accepted.Select(e => e.Id).ToHashSet();
            foreach (var known in TransportStore.OfEdge(writer, request.Caller).ToArray())
            {
                if (!listed.Contains(known.Id) && now - known.LastUpdate > _options.StaleAfter && _cache.Parse(known) is { } stale)
                {
                    TransportStore.Delete(writer, stale);
                }
            }

            foreach (var entry in accepted)
            {
                TransportStore.Put(writer, entry, now, now + _options.Life);
            }

            UptimeLedger.Count(writer, request.Caller, version, request.Address, now);
            return Replies.Json((byte[])[.. accepted.ToJson(), (byte)'\n']);
        };
    }

    private static Func<IStoreWriter, HttpReply> GetById(ServiceRequest request)
    {
        if (!TransportId.TryParse(request.Captures[0], out var id))
        {
            return _ => Replies.Error(400, "transport ID is invalid");
        }

        return reader => TransportStore.Get(reader, id) is { } found ? Replies.Json((byte[])[.. found.Json.Span, (byte)'\n']) : Replies.Error(404, NotFound, Replies.PlainType);
    }

    private static Func<IStoreReader, HttpReply> GetByEdge(ServiceRequest request)
    {
        if (!PubKey.TryParseHex(request.Captures[0], out var key))
        {
            return _ => Replies.Error(400, "public key is invalid");
        }

        return reader => List(TransportStore.OfEdge(reader, key), whenNone: "null");
    }

    private Func<IStoreWriter, HttpReply> Delete(ServiceRequest request)
    {
        if (!TransportId.TryParse(request.Captures[0], out var id))
        {
            return _ => Replies.Error(400, "transport ID is invalid");
        }

        return writer =>
        {
            if (TransportStore.Get(writer, id) is not { } stored || _cache.Parse(stored) is not { } entry)
            {
                return Replies.Error(404, NotFound, Replies.PlainType);
            }

            if (!entry.HasEdge(request.Caller))
            {
                return Replies.Error(400, "the caller is not an edge");
            }

            TransportStore.Delete(writer, entry);
            return Replies.Plain(200, "transport deleted");
        };
    }

    private Func<IStoreWriter, HttpReply> DeleteBatch(ServiceRequest request)
    {
        if (ReadIds(request) is not { } ids)
        {
            return _ => Replies.Error(400, "not a list of transport IDs");
        }

        return writer =>
        {
            var json = new JsonText().BeginArray();
            foreach (var id in ids)
            {
                if (TransportStore.Get(writer, id) is { } stored && _cache.Parse(stored) is { } entry && entry.HasEdge(request.Caller))
                {
                    TransportStore.Delete(writer, entry);
                    json.Text(id.ToString());
                }
            }

            return Replies.Json(200, json.EndArray().Newline());
        };
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
                if (TransportId.TryParse(name, out var id) && TransportStore.Get(writer, id) is { } stored && _cache.Parse(stored) is { } entry)
                {
                    TransportStore.Delete(writer, entry);
                }
            }

            return Replies.Json("null\n"u8.ToArray());
        };
    }

    private Func<IStoreWriter, HttpReply> Heartbeat(ServiceRequest request) => writer =>
    {
        UptimeLedger.Count(writer, request.Caller, request.Query("version") ?? "", request.Address, Time.GetUtcNow());
        return Replies.Empty(200);
    };

    private static List<TransportId>? ReadIds(ServiceRequest request)
    {
        if (JsonInput.Read(request.Call.Body, EndpointTable.MaxBodyBytes, root => JsonInput.Texts(root, MaxBatch)) is not { } texts)
        {
            return null;
        }

        var ids = new List<TransportId>(texts.Count);
        foreach (var text in texts)
        {
            if (!TransportId.TryParse(text, out var id))
            {
                return null;
            }

            ids.Add(id);
        }

        return ids;
    }

    private static HttpReply List(IEnumerable<StoredTransport> transports, string whenNone)
    {
        var json = new JsonText().BeginArray();
        var any = false;
        foreach (var transport in transports)
        {
            json.Raw(transport.Json.Span);
            any = true;
        }

        return any ? Replies.Json(200, json.EndArray().Newline()) : new HttpReply(200, Replies.JsonType, System.Text.Encoding.ASCII.GetBytes(whenNone + "\n"));
    }
}
