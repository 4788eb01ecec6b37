// The store of tests and simulations, and of services that may forget everything at a restart.
namespace Skywire.Services.Store;

/// <summary>Records in memory.</summary>
internal sealed class MemoryStore(TimeProvider time) : IServiceStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Kind> _kinds = new(StringComparer.Ordinal);

    public T Read<T>(Func<IStoreReader, T> work)
    {
        lock (_lock)
        {
            return work(new Transaction(this, time.GetUtcNow()));
        }
    }

    public T Write<T>(Func<IStoreWriter, T> work)
    {
        lock (_lock)
        {
            var transaction = new Transaction(this, time.GetUtcNow());
            try
            {
                return work(transaction);
            }
            catch
            {
                transaction.Undo();
                throw;
            }
        }
    }

    public int Sweep(int most)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var removed = 0;
            foreach (var kind in _kinds.Values)
            {
                foreach (var record in kind.Records.Values.Where(r => IsExpired(r, now)).Take(most - removed).ToArray())
                {
                    kind.Remove(record.Key);
                    removed++;
                }
            }

            return removed;
        }
    }

    public void Dispose()
    {
        // Memory only.
    }

    private static bool IsExpired(StoredRecord record, DateTimeOffset now) => record.Expires <= now;

    private sealed class Kind
    {
        public SortedSet<string> Keys { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, StoredRecord> Records { get; } = new(StringComparer.Ordinal);

        public void Set(StoredRecord record)
        {
            Records[record.Key] = record;
            Keys.Add(record.Key);
        }

        public void Remove(string key)
        {
            Records.Remove(key);
            Keys.Remove(key);
        }
    }

    private sealed class Transaction(MemoryStore store, DateTimeOffset now) : IStoreWriter
    {
        private readonly Stack<(Kind Kind, string Key, StoredRecord? Before)> _undo = new();

        public StoredRecord? Get(string kind, string key) =>
            store._kinds.TryGetValue(kind, out var records) && records.Records.TryGetValue(key, out var record) && !IsExpired(record, now) ? record : null;

        public IReadOnlyList<StoredRecord> Scan(string kind, string prefix = "")
        {
            if (!store._kinds.TryGetValue(kind, out var records))
            {
                return [];
            }

            var keys = prefix.Length == 0 ? records.Keys : records.Keys.GetViewBetween(prefix, prefix + char.MaxValue);
            var found = new List<StoredRecord>();
            foreach (var key in keys)
            {
                var record = records.Records[key];
                if (!IsExpired(record, now))
                {
                    found.Add(record);
                }
            }

            return found;
        }

        public void Put(string kind, string key, ReadOnlySpan<byte> value, DateTimeOffset? expires)
        {
            if (!store._kinds.TryGetValue(kind, out var records))
            {
                records = new Kind();
                store._kinds.Add(kind, records);
            }

            _undo.Push((records, key, records.Records.GetValueOrDefault(key)));
            records.Set(new StoredRecord(key, value.ToArray(), expires));
        }

        public bool Delete(string kind, string key)
        {
            if (!store._kinds.TryGetValue(kind, out var records) || !records.Records.TryGetValue(key, out var before))
            {
                return false;
            }

            _undo.Push((records, key, before));
            records.Remove(key);
            return !IsExpired(before, now);
        }

        public void Undo()
        {
            while (_undo.TryPop(out var change))
            {
                if (change.Before is null)
                {
                    change.Kind.Remove(change.Key);
                }
                else
                {
                    change.Kind.Set(change.Before);
                }
            }
        }
    }
}
