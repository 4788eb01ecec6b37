// Transports as the transport discovery writes and the route finder reads them: one set of records, so that both always agree.
using System.Buffers.Binary;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Services.Store;

namespace Skywire.Services.TransportDiscovery;

/// <summary>A stored transport: its entry as JSON and when it was last heard of.</summary>
internal readonly record struct StoredTransport(TransportId Id, ReadOnlyMemory<byte> Json, DateTimeOffset LastUpdate);

/// <summary>
/// Records: <c>tp</c> ID -> Unix milliseconds (8 bytes, big endian) and entry JSON; <c>tp.edge</c> key/ID -> the same, so that the transports of a key are one scan.
/// Both share one expiry.
/// </summary>
internal static class TransportStore
{
    private const string ById = "tp";
    private const string ByEdge = "tp.edge";
    private const int TimeSize = 8;

    public static void Put(IStoreWriter writer, TransportEntry entry, DateTimeOffset now, DateTimeOffset? expires)
    {
        var json = entry.ToJson();
        var value = new byte[TimeSize + json.Length];
        BinaryPrimitives.WriteInt64BigEndian(value, now.ToUnixTimeMilliseconds());
        json.CopyTo(value, TimeSize);
        var id = entry.Id.ToString();
        writer.Put(ById, id, value, expires);
        writer.Put(ByEdge, $"{entry.Edge0}/{id}", value, expires);
        if (entry.Edge1 != entry.Edge0)
        {
            writer.Put(ByEdge, $"{entry.Edge1}/{id}", value, expires);
        }
    }

    public static void Delete(IStoreWriter writer, TransportEntry entry)
    {
        var id = entry.Id.ToString();
        writer.Delete(ById, id);
        writer.Delete(ByEdge, $"{entry.Edge0}/{id}");
        writer.Delete(ByEdge, $"{entry.Edge1}/{id}");
    }

    public static StoredTransport? Get(IStoreReader reader, TransportId id) => reader.Get(ById, id.ToString()) is { } record ? Read(id, record) : null;

    /// <summary>In order of the IDs.</summary>
    public static IEnumerable<StoredTransport> OfEdge(IStoreReader reader, PubKey edge)
    {
        foreach (var record in reader.Scan(ByEdge, edge + "/"))
        {
            if (TransportId.TryParse(record.Key[((2 * PubKey.Size) + 1)..], out var id))
            {
                yield return Read(id, record);
            }
        }
    }

    /// <summary>In order of the IDs.</summary>
    public static IEnumerable<StoredTransport> All(IStoreReader reader)
    {
        foreach (var record in reader.Scan(ById))
        {
            if (TransportId.TryParse(record.Key, out var id))
            {
                yield return Read(id, record);
            }
        }
    }

    private static StoredTransport Read(TransportId id, StoredRecord record) =>
        new(id, record.Value[TimeSize..], DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(record.Value.Span)));
}

/// <summary>
/// Parsed transports by ID. Parsing costs two point decompressions, and the ID is a hash over both keys and the type, so what was parsed once stays right; only
/// the label may differ, and who asks here does not look at it. Thread-safe.
/// </summary>
internal sealed class TransportCache
{
    /// <summary>Cleared when reached; twice the transports of a network of 10,000 visors.</summary>
    private const int MaxEntries = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<TransportId, TransportEntry> _entries = [];

    /// <summary>The parsed entry; null when the stored JSON cannot be read.</summary>
    public TransportEntry? Parse(StoredTransport stored)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(stored.Id, out var known))
            {
                return known;
            }

            if (TransportEntryJson.Parse(stored.Json.Span) is not { } entry)
            {
                return null;
            }

            if (_entries.Count >= MaxEntries)
            {
                _entries.Clear();
            }

            _entries.Add(stored.Id, entry);
            return entry;
        }
    }
}
