// Keeps discovery entries for a short while: a burst of dials asks once (spec 23 §3).
using Skywire.Crypto;
using Skywire.Discovery;

namespace Skywire.Dmsg.Client;

/// <summary>Entries by key, with an end of life. Thread-safe. "No such entry" is not kept: the dialer's back-off covers it.</summary>
internal sealed class EntryCache(ClientContext context)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PubKey, (DmsgEntry Entry, long Since)> _entries = [];

    /// <summary>The entry from the cache, else from the discovery; null when there is none. Throws <see cref="ServiceException"/>.</summary>
    public async Task<DmsgEntry?> GetAsync(PubKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var found) && context.Time.GetElapsedTime(found.Since) < context.Options.EntryCacheTime)
            {
                return found.Entry;
            }
        }

        var entry = await context.Discovery.GetEntryAsync(key, cancellationToken);
        if (entry is not null)
        {
            Put(entry);
        }

        return entry;
    }

    /// <summary>Keeps an entry that came along with something else.</summary>
    public void Put(DmsgEntry entry)
    {
        lock (_lock)
        {
            if (_entries.Count >= context.Options.EntryCacheSize && !_entries.ContainsKey(entry.Static))
            {
                // Rare, and any victim will do: everything here is asked for again when needed.
                _entries.Clear();
            }

            _entries[entry.Static] = (entry, context.Time.GetTimestamp());
        }
    }

    /// <summary>Forgets all entries.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }

    /// <summary>Forgets an entry that led nowhere.</summary>
    public void Remove(PubKey key)
    {
        lock (_lock)
        {
            _entries.Remove(key);
        }
    }
}
