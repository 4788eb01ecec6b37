// A built-in table of entries: how services and bootstraps are known without a discovery (spec 03 §8).
using Skywire.Crypto;
using Skywire.Discovery;

namespace Skywire.Dmsg;

/// <summary>Answers for the keys of its table itself and passes everything else on, when there is somewhere to pass it.</summary>
/// <param name="entries">Entries of servers, and made-up entries of services: see <see cref="ClientEntry"/>.</param>
/// <param name="next">Asked for all other keys; null: nobody.</param>
public sealed class StaticDmsgDiscovery(IEnumerable<DmsgEntry> entries, IDmsgDiscovery? next) : IDmsgDiscovery
{
    private readonly DmsgEntry[] _entries = [.. entries];

    /// <summary>The unsigned entry of a server at <c>host:port</c>.</summary>
    public static DmsgEntry ServerEntry(PubKey key, string address) => new() { Static = key, Server = new DmsgServerInfo(address, 1) };

    /// <summary>The made-up entry of a service that holds sessions to all of these servers.</summary>
    public static DmsgEntry ClientEntry(PubKey key, IReadOnlyList<PubKey> servers) => new() { Static = key, DelegatedServers = servers };

    /// <inheritdoc/>
    public Task<DmsgEntry?> GetEntryAsync(PubKey key, CancellationToken cancellationToken)
    {
        var entry = Array.Find(_entries, e => e.Static == key);
        return entry is not null || next is null ? Task.FromResult(entry) : next.GetEntryAsync(key, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DmsgEntry>> GetAvailableServersAsync(CancellationToken cancellationToken) =>
        MergeAsync(next?.GetAvailableServersAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DmsgEntry>> GetAllServersAsync(CancellationToken cancellationToken) => MergeAsync(next?.GetAllServersAsync(cancellationToken));

    /// <inheritdoc/>
    public Task PostEntryAsync(DmsgEntry entry, CancellationToken cancellationToken) => next?.PostEntryAsync(entry, cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public Task DeleteEntryAsync(DmsgEntry entry, CancellationToken cancellationToken) => next?.DeleteEntryAsync(entry, cancellationToken) ?? Task.CompletedTask;

    private async Task<IReadOnlyList<DmsgEntry>> MergeAsync(Task<IReadOnlyList<DmsgEntry>>? asked)
    {
        var servers = _entries.Where(e => e.Server is not null).ToList();
        if (asked is null)
        {
            return servers;
        }

        try
        {
            var known = servers.Select(e => e.Static).ToHashSet();
            servers.AddRange((await asked).Where(e => !known.Contains(e.Static)));
        }
        catch (ServiceException) when (servers.Count > 0)
        {
            // The table exists for exactly this: sessions must come up before the discovery can be reached over them.
        }

        return servers;
    }
}
