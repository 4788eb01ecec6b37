// Where entries are kept, with an index of servers and one of clients so that listing does not read every entry.
using System.Globalization;
using System.Text;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Services.Store;

namespace Skywire.Services.DmsgDiscovery;

/// <summary>
/// Records: <c>dmsg.entry</c> key -> entry JSON; <c>dmsg.server</c> key -> free sessions; <c>dmsg.client</c> key -> client type, delegated servers, refresh count, one a line.
/// All three of a key share one expiry.
/// </summary>
internal static class DmsgEntryStore
{
    private const string Entries = "dmsg.entry";
    private const string Servers = "dmsg.server";
    private const string Clients = "dmsg.client";

    /// <summary>A client as the index knows it.</summary>
    public readonly record struct ClientRow(string Key, string ClientType, string[] Servers, RefreshCount Refreshes);

    public static StoredRecord? Get(IStoreReader reader, PubKey key) => reader.Get(Entries, key.ToString());

    public static void Put(IStoreWriter writer, DmsgEntry entry, RefreshCount refreshes, DateTimeOffset? expires)
    {
        var key = entry.Static.ToString();
        writer.Put(Entries, key, entry.ToJson(), expires);
        if (entry.Server is { } server)
        {
            writer.Put(Servers, key, Encoding.ASCII.GetBytes(server.AvailableSessions.ToString(CultureInfo.InvariantCulture)), expires);
        }
        else
        {
            writer.Delete(Servers, key);
        }

        if (entry.DelegatedServers is { } delegated)
        {
            writer.Put(Clients, key, Encoding.UTF8.GetBytes($"{entry.ClientType.Replace('\n', ' ')}\n{string.Join(' ', delegated)}\n{refreshes}"), expires);
        }
        else
        {
            writer.Delete(Clients, key);
        }
    }

    public static void Delete(IStoreWriter writer, string key)
    {
        writer.Delete(Entries, key);
        writer.Delete(Servers, key);
        writer.Delete(Clients, key);
    }

    /// <summary>Clients in order of their keys.</summary>
    public static IEnumerable<ClientRow> AllClients(IStoreReader reader) => reader.Scan(Clients).Select(ReadClient);

    /// <summary>The index row of a client; null when the key has no client part.</summary>
    public static ClientRow? Client(IStoreReader reader, PubKey key) => reader.Get(Clients, key.ToString()) is { } record ? ReadClient(record) : null;

    /// <summary>Keys and free sessions of all servers, in order of the keys.</summary>
    public static IEnumerable<(string Key, int Free)> AllServers(IStoreReader reader) =>
        reader.Scan(Servers).Select(record => (record.Key, int.Parse(Encoding.ASCII.GetString(record.Value.Span), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)));

    private static ClientRow ReadClient(StoredRecord record)
    {
        var lines = Encoding.UTF8.GetString(record.Value.Span).Split('\n');
        return new ClientRow(record.Key, lines[0], lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries), RefreshCount.Parse(lines[2]));
    }
}
