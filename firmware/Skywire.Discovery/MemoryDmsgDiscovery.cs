// A discovery without a service behind it: bootstrap tables (servers known by configuration) and meshes that live in one process.
using Skywire.Crypto;

namespace Skywire.Discovery;

/// <summary>Entries in memory, with the checks of the real service that concern content: signature, sequence, timestamp (spec 03 §10). Thread-safe.</summary>
public sealed class MemoryDmsgDiscovery : IDmsgDiscovery
{
    private const string Service = "dmsg discovery (memory)";
    private readonly Lock _lock = new();
    private readonly SortedDictionary<PubKey, DmsgEntry> _entries = [];

    /// <summary>Starts with entries that are trusted as they are, for example the servers of a configuration file.</summary>
    public MemoryDmsgDiscovery(IEnumerable<DmsgEntry>? trusted = null)
    {
        foreach (var entry in trusted ?? [])
        {
            _entries[entry.Static] = entry;
        }
    }

    /// <inheritdoc/>
    public Task<DmsgEntry?> GetEntryAsync(PubKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_entries.GetValueOrDefault(key));
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DmsgEntry>> GetAvailableServersAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<DmsgEntry>>([.. _entries.Values.Where(e => e.Server is { AvailableSessions: > 0 }).OrderByDescending(e => e.Server!.AvailableSessions)]);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DmsgEntry>> GetAllServersAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<DmsgEntry>>([.. _entries.Values.Where(e => e.Server is not null)]);
        }
    }

    /// <inheritdoc/>
    public Task PostEntryAsync(DmsgEntry entry, CancellationToken cancellationToken)
    {
        if (!entry.Verify())
        {
            return Refuse(401, DmsgDiscoveryTexts.InvalidSignature);
        }

        lock (_lock)
        {
            if (_entries.TryGetValue(entry.Static, out var stored))
            {
                if (entry.Sequence <= stored.Sequence)
                {
                    return Refuse(422, DmsgDiscoveryTexts.Validation + DmsgDiscoveryTexts.BadSequence);
                }

                if (entry.Timestamp < stored.Timestamp)
                {
                    return Refuse(422, DmsgDiscoveryTexts.Validation + DmsgDiscoveryTexts.OlderThanStored);
                }
            }

            _entries[entry.Static] = entry;
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task DeleteEntryAsync(DmsgEntry entry, CancellationToken cancellationToken)
    {
        if (!entry.Verify())
        {
            return Refuse(401, DmsgDiscoveryTexts.InvalidSignature);
        }

        lock (_lock)
        {
            _entries.Remove(entry.Static);
        }

        return Task.CompletedTask;
    }

    private static Task Refuse(int status, string text) => Task.FromException(new ServiceException(Service, status, text));
}
