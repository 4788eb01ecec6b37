// A compiled statement: bind, step, read, reset.
using System.Runtime.InteropServices;

namespace Skywire.Services.Store.Sqlite;

/// <summary>Owns a statement handle. Parameters count from 1, columns from 0, as in SQLite.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, nint handle) : IDisposable
{
    private nint _handle = handle;

    public SqliteStatement Bind(int index, string value)
    {
        Check(Sqlite3.BindText(_handle, index, value, -1, Sqlite3.Transient));
        return this;
    }

    public SqliteStatement Bind(int index, long value)
    {
        Check(Sqlite3.BindInt64(_handle, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        // An empty span has no address, which SQLite would take for NULL.
        Check(value.IsEmpty ? Sqlite3.BindZeroBlob(_handle, index, 0) : Sqlite3.BindBlob(_handle, index, value, value.Length, Sqlite3.Transient));
        return this;
    }

    /// <summary>Advances to the next row; false when there is none left.</summary>
    public bool Step() => Sqlite3.Step(_handle) switch
    {
        Sqlite3.Row => true,
        Sqlite3.Done => false,
        var code => throw connection.Error("step", code),
    };

    /// <summary>Runs to the end and resets.</summary>
    public void Run()
    {
        try
        {
            while (Step())
            {
            }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Makes it ready for the next use. A failure was reported by the step already.</summary>
    public void Reset()
    {
        _ = Sqlite3.Reset(_handle);
        _ = Sqlite3.ClearBindings(_handle);
    }

    public long Number(int column) => Sqlite3.ColumnInt64(_handle, column);

    public string Text(int column) => Marshal.PtrToStringUTF8(Sqlite3.ColumnText(_handle, column), Sqlite3.ColumnBytes(_handle, column));

    public byte[] Blob(int column)
    {
        // The pointer must be asked for before the length: asking may convert the value.
        var source = Sqlite3.ColumnBlob(_handle, column);
        var bytes = new byte[Sqlite3.ColumnBytes(_handle, column)];
        if (bytes.Length > 0)
        {
            Marshal.Copy(source, bytes, 0, bytes.Length);
        }

        return bytes;
    }

    public void Dispose()
    {
        if (_handle != 0)
        {
            _ = Sqlite3.Finish(_handle);
            _handle = 0;
        }
    }

    private void Check(int code)
    {
        if (code != Sqlite3.Ok)
        {
            throw connection.Error("bind", code);
        }
    }
}
