// The store of one board: a SQLite file that survives crashes of the process and of the machine.
using Skywire.Services.Store.Sqlite;

namespace Skywire.Services.Store;

/// <summary>Settings of <see cref="SqliteStore"/>.</summary>
internal sealed record SqliteStoreOptions
{
    /// <summary>Path of the file; it is created when missing.</summary>
    public required string File { get; init; }

    /// <summary>
    /// True waits for the disk at every commit. False (default) lets the last moments go when the power fails, never the file's integrity: a commit on an SD
    /// card takes 10-100 ms, and what services hold is told to them again within minutes. A killed process loses nothing either way.
    /// </summary>
    public bool SyncEveryCommit { get; init; }

    /// <summary>How long to wait for another process that writes, such as a route finder run on its own beside the transport discovery.</summary>
    public TimeSpan BusyLimit { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Records in a SQLite file in WAL mode. Several processes may share the file. One connection: transactions take well below a millisecond.</summary>
internal sealed class SqliteStore : IServiceStore
{
    private const int SchemaVersion = 1;

    /// <summary>"SKYW": tells our file from any other SQLite file.</summary>
    private const int ApplicationId = 0x534B5957;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _beginRead;
    private readonly SqliteStatement _beginWrite;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _get;
    private readonly SqliteStatement _scan;
    private readonly SqliteStatement _put;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _sweep;

    /// <summary>Opens or creates the file. Throws <see cref="StoreException"/> for a damaged or foreign one and leaves it untouched.</summary>
    public SqliteStore(SqliteStoreOptions options, TimeProvider time)
    {
        _time = time;
        _connection = new SqliteConnection(options.File, options.BusyLimit);
        try
        {
            Open(options);
            _beginRead = _connection.Prepare("BEGIN");
            _beginWrite = _connection.Prepare("BEGIN IMMEDIATE");
            _commit = _connection.Prepare("COMMIT");
            _rollback = _connection.Prepare("ROLLBACK");
            _get = _connection.Prepare("SELECT value, expires FROM record WHERE kind = ?1 AND key = ?2 AND (expires = 0 OR expires > ?3)");
            _scan = _connection.Prepare("SELECT key, value, expires FROM record WHERE kind = ?1 AND key >= ?2 AND key < ?3 AND (expires = 0 OR expires > ?4) ORDER BY key");
            _put = _connection.Prepare("INSERT INTO record (kind, key, value, expires) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, expires = excluded.expires");
            _delete = _connection.Prepare("DELETE FROM record WHERE kind = ?1 AND key = ?2");
            _sweep = _connection.Prepare("DELETE FROM record WHERE (kind, key) IN (SELECT kind, key FROM record WHERE expires > 0 AND expires <= ?1 LIMIT ?2)");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public T Read<T>(Func<IStoreReader, T> work) => Run(_beginRead, work);

    public T Write<T>(Func<IStoreWriter, T> work) => Run(_beginWrite, work);

    public int Sweep(int most)
    {
        lock (_lock)
        {
            _connection.RequireOpen();
            _sweep.Bind(1, Now()).Bind(2, most).Run();
            return _connection.Changes;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _connection.Dispose();
        }
    }

    private void Open(SqliteStoreOptions options)
    {
        // Judged before anything is written: a file that is not ours stays as it is.
        var application = _connection.QueryNumber("PRAGMA application_id");
        var version = _connection.QueryNumber("PRAGMA user_version");
        var tables = _connection.QueryNumber("SELECT count(*) FROM sqlite_schema");
        if (tables > 0 && application != ApplicationId)
        {
            throw new StoreException($"store {options.File}: this SQLite file belongs to another program; choose another path");
        }

        if (version > SchemaVersion)
        {
            throw new StoreException($"store {options.File}: schema version {version} was written by a newer version than this one, which knows {SchemaVersion}; update the software or move the file aside");
        }

        if (tables > 0 && _connection.QueryText("PRAGMA quick_check(1)") is var verdict && verdict != "ok")
        {
            throw new StoreException($"store {options.File}: damaged ({verdict}); the file was left as it is: move it aside, or put back a copy, and start again");
        }

        _connection.Execute("PRAGMA journal_mode = WAL");
        _connection.Execute(options.SyncEveryCommit ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        if (version == SchemaVersion)
        {
            return;
        }

        _connection.Execute("BEGIN IMMEDIATE");

        // Another process may have created it between the look and the lock.
        if (_connection.QueryNumber("PRAGMA user_version") == 0)
        {
            _connection.Execute("CREATE TABLE record (kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID");
            _connection.Execute("CREATE INDEX record_expires ON record (expires) WHERE expires > 0");
            _connection.Execute($"PRAGMA application_id = {ApplicationId}");
            _connection.Execute($"PRAGMA user_version = {SchemaVersion}");
        }

        _connection.Execute("COMMIT");
    }

    private T Run<T>(SqliteStatement begin, Func<Transaction, T> work)
    {
        lock (_lock)
        {
            _connection.RequireOpen();
            begin.Run();
            try
            {
                var result = work(new Transaction(this, Now()));
                _commit.Run();
                return result;
            }
            finally
            {
                // Still open: the work or the commit failed.
                if (_connection.InTransaction)
                {
                    _rollback.Run();
                }
            }
        }
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static DateTimeOffset? Expiry(long milliseconds) => milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private sealed class Transaction(SqliteStore store, long now) : IStoreWriter
    {
        public StoredRecord? Get(string kind, string key)
        {
            var get = store._get.Bind(1, kind).Bind(2, key).Bind(3, now);
            try
            {
                return get.Step() ? new StoredRecord(key, get.Blob(0), Expiry(get.Number(1))) : null;
            }
            finally
            {
                get.Reset();
            }
        }

        public IReadOnlyList<StoredRecord> Scan(string kind, string prefix = "")
        {
            // U+10FFFF is the last code point in SQLite's bytewise order of UTF-8.
            var scan = store._scan.Bind(1, kind).Bind(2, prefix).Bind(3, prefix + "\U0010FFFF").Bind(4, now);
            try
            {
                var found = new List<StoredRecord>();
                while (scan.Step())
                {
                    found.Add(new StoredRecord(scan.Text(0), scan.Blob(1), Expiry(scan.Number(2))));
                }

                return found;
            }
            finally
            {
                scan.Reset();
            }
        }

        public void Put(string kind, string key, ReadOnlySpan<byte> value, DateTimeOffset? expires) =>
            store._put.Bind(1, kind).Bind(2, key).Bind(3, value).Bind(4, expires?.ToUnixTimeMilliseconds() ?? 0).Run();

        public bool Delete(string kind, string key)
        {
            var existed = Get(kind, key) is not null;
            store._delete.Bind(1, kind).Bind(2, key).Run();
            return existed;
        }
    }
}
