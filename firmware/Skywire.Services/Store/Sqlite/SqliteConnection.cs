// One open database file: opening, statements, and errors that name the file.
using System.Runtime.InteropServices;

namespace Skywire.Services.Store.Sqlite;

/// <summary>Owns a database handle. Used by one thread at a time: the store holds a lock around it.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private readonly string _file;
    private readonly List<SqliteStatement> _statements = [];
    private nint _database;

    public SqliteConnection(string file, TimeSpan busyLimit)
    {
        _file = file;
        var code = Sqlite3.Open(file, out _database, Sqlite3.OpenReadWrite | Sqlite3.OpenCreate | Sqlite3.OpenFullMutex, 0);
        if (code != Sqlite3.Ok)
        {
            var error = Error("open", code);
            Dispose();
            throw error;
        }

        _ = Sqlite3.ExtendedResultCodes(_database, 1);
        _ = Sqlite3.BusyTimeout(_database, (int)busyLimit.TotalMilliseconds);
    }

    public bool InTransaction => Sqlite3.GetAutocommit(_database) == 0;

    public int Changes => Sqlite3.Changes(_database);

    /// <summary>A request may come while the services end: without a handle the library would read from address zero.</summary>
    public void RequireOpen()
    {
        if (_database == 0)
        {
            throw new StoreException($"store {_file}: it is closed");
        }
    }

    /// <summary>Compiles a statement; it lives as long as the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        var code = Sqlite3.Prepare(_database, sql, -1, out var handle, 0);
        if (code != Sqlite3.Ok)
        {
            throw Error("prepare", code);
        }

        var statement = new SqliteStatement(this, handle);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs a statement that gives no rows, or whose rows do not matter.</summary>
    public void Execute(string sql)
    {
        using var statement = PrepareOnce(sql);
        statement.Run();
    }

    /// <summary>First column of the first row, as a number; 0 when there is no row.</summary>
    public long QueryNumber(string sql)
    {
        using var statement = PrepareOnce(sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    /// <summary>First column of the first row, as text; empty when there is no row.</summary>
    public string QueryText(string sql)
    {
        using var statement = PrepareOnce(sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    /// <summary>The failure in words an operator can act on.</summary>
    public StoreException Error(string action, int code)
    {
        var words = Marshal.PtrToStringUTF8(_database != 0 ? Sqlite3.ErrorMessage(_database) : Sqlite3.ErrorString(code)) ?? "unknown error";
        var advice = (code & 0xFF) switch
        {
            Sqlite3.Corrupt or Sqlite3.NotADatabase => "; the file is damaged or is something else. It was left as it is: move it aside, or put back a copy, and start again",
            Sqlite3.CannotOpen => "; does the folder exist, and may this user write to it?",
            Sqlite3.Busy => "; another process holds it",
            _ => "",
        };
        return new StoreException($"store {_file}: {action}: {words} (SQLite {code}){advice}");
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _statements.Clear();
        if (_database != 0)
        {
            _ = Sqlite3.Close(_database);
            _database = 0;
        }
    }

    private SqliteStatement PrepareOnce(string sql)
    {
        var code = Sqlite3.Prepare(_database, sql, -1, out var handle, 0);
        return code == Sqlite3.Ok ? new SqliteStatement(this, handle) : throw Error("prepare", code);
    }
}
