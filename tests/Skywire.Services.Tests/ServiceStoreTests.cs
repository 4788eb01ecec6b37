using Skywire.Services.Store;
using Skywire.Services.Store.Sqlite;
using Skywire.Testing;
using Xunit;

namespace Skywire.Services.Tests;

/// <summary>What every store must do.</summary>
public abstract class ServiceStoreTests : TestBase
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    private protected VirtualTime Time { get; } = new(Start);

    private protected abstract IServiceStore Open();

    [Fact]
    public void Put_Get_Delete_RoundTrip()
    {
        using var store = Open();
        Assert.Null(Get(store, "a"));
        Put(store, "a", [1, 2]);
        Put(store, "empty", []);
        Assert.Equal([1, 2], Get(store, "a")!.Value.ToArray());
        Assert.Equal(0, Get(store, "empty")!.Value.Length);
        Assert.Null(store.Read(r => r.Get("other", "a")));
        Put(store, "a", [3]);
        Assert.Equal([3], Get(store, "a")!.Value.ToArray());
        Assert.True(store.Write(w => w.Delete("k", "a")));
        Assert.False(store.Write(w => w.Delete("k", "a")));
        Assert.Null(Get(store, "a"));
    }

    [Fact]
    public void Scan_Prefix_InOrdinalOrder()
    {
        using var store = Open();
        foreach (var key in new[] { "b/2", "a", "b/10", "b/1", "c", "b", "b0" })
        {
            Put(store, key, [1]);
        }

        Assert.Equal(["b/1", "b/10", "b/2"], store.Read(r => r.Scan("k", "b/")).Select(r => r.Key));
        Assert.Equal(["a", "b", "b/1", "b/10", "b/2", "b0", "c"], store.Read(r => r.Scan("k")).Select(r => r.Key));
        Assert.Empty(store.Read(r => r.Scan("none")));
    }

    [Fact]
    public void Expired_IsInvisibleAtOnceAndSwept()
    {
        using var store = Open();
        store.Write(w =>
        {
            w.Put("k", "short", [1], Start.AddSeconds(10));
            w.Put("k", "long", [1], Start.AddSeconds(20));
            w.Put("k", "ever", [1], null);
            return 0;
        });
        Assert.Equal(Start.AddSeconds(10), Get(store, "short")!.Expires);
        Assert.Null(Get(store, "ever")!.Expires);
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(Get(store, "short"));
        Assert.Equal(["ever", "long"], store.Read(r => r.Scan("k")).Select(r => r.Key));
        Assert.False(store.Write(w => w.Delete("k", "short")));
        Put(store, "short", [2]);
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, store.Sweep(10));
        Assert.Equal(0, store.Sweep(10));
        Assert.Equal(["ever", "short"], store.Read(r => r.Scan("k")).Select(r => r.Key));
    }

    [Fact]
    public void Sweep_Limit_IsKept()
    {
        using var store = Open();
        store.Write(w =>
        {
            for (var i = 0; i < 10; i++)
            {
                w.Put("k", $"{i}", [1], Start.AddSeconds(1));
            }

            return 0;
        });
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([4, 4, 2, 0], new[] { store.Sweep(4), store.Sweep(4), store.Sweep(4), store.Sweep(4) });
    }

    [Fact]
    public void Write_Throws_NothingChanged()
    {
        using var store = Open();
        Put(store, "a", [1]);
        Put(store, "b", [1]);
        Assert.Throws<InvalidOperationException>(() => store.Write<int>(w =>
        {
            w.Put("k", "a", [2], null);
            w.Put("k", "c", [2], null);
            w.Put("new", "c", [2], null);
            w.Delete("k", "b");
            w.Put("k", "a", [3], null);
            Assert.Equal([3], w.Get("k", "a")!.Value.ToArray());
            Assert.Null(w.Get("k", "b"));
            throw new InvalidOperationException();
        }));
        Assert.Equal([1], Get(store, "a")!.Value.ToArray());
        Assert.Equal(["a", "b"], store.Read(r => r.Scan("k")).Select(r => r.Key));
        Assert.Empty(store.Read(r => r.Scan("new")));
        Put(store, "d", [1]);
        Assert.NotNull(Get(store, "d"));
    }

    [Fact]
    public async Task Write_ManyThreads_EachIncrementCounts()
    {
        using var store = Open();
        Put(store, "n", BitConverter.GetBytes(0));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                store.Write(w =>
                {
                    var n = BitConverter.ToInt32(w.Get("k", "n")!.Value.Span);
                    w.Put("k", "n", BitConverter.GetBytes(n + 1), null);
                    return 0;
                });
            }
        })));
        Assert.Equal(400, BitConverter.ToInt32(Get(store, "n")!.Value.Span));
    }

    [Fact]
    public void RandomOperations_AgreeWithADictionary()
    {
        using var store = Open();
        var random = new Random(23);
        var model = new SortedDictionary<string, (byte[] Value, DateTimeOffset? Expires)>(StringComparer.Ordinal);
        for (var i = 0; i < 600; i++)
        {
            var key = $"{(char)('a' + random.Next(3))}/{random.Next(8)}";
            switch (random.Next(5))
            {
                case 0:
                    Assert.Equal(model.TryGetValue(key, out var gone) && Lives(gone.Expires), store.Write(w => w.Delete("k", key)));
                    model.Remove(key);
                    break;
                case 1:
                    Time.Advance(TimeSpan.FromSeconds(1));
                    break;
                case 2:
                    store.Sweep(random.Next(1, 4));
                    break;
                default:
                    var value = new byte[random.Next(40)];
                    random.NextBytes(value);
                    DateTimeOffset? expires = random.Next(2) == 0 ? null : Time.GetUtcNow().AddSeconds(random.Next(1, 20));
                    store.Write(w => { w.Put("k", key, value, expires); return 0; });
                    model[key] = (value, expires);
                    break;
            }

            var prefix = random.Next(2) == 0 ? "" : "b/";
            var expected = model.Where(m => m.Key.StartsWith(prefix, StringComparison.Ordinal) && Lives(m.Value.Expires)).Select(m => $"{m.Key} {Convert.ToHexString(m.Value.Value)} {m.Value.Expires:O}");
            Assert.Equal(expected, store.Read(r => r.Scan("k", prefix)).Select(r => $"{r.Key} {Convert.ToHexString(r.Value.Span)} {r.Expires:O}"));
        }
    }

    private bool Lives(DateTimeOffset? expires) => expires is null || expires > Time.GetUtcNow();

    private protected static StoredRecord? Get(IServiceStore store, string key) => store.Read(r => r.Get("k", key));

    private protected static void Put(IServiceStore store, string key, byte[] value) => store.Write(w =>
    {
        w.Put("k", key, value, null);
        return 0;
    });
}

public sealed class MemoryStoreTests : ServiceStoreTests
{
    private protected override IServiceStore Open() => new MemoryStore(Time);
}

public sealed class SqliteStoreTests : ServiceStoreTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("store").FullName;

    private string File => Path.Combine(_folder, "services.db");

    [Fact]
    public void Reopened_HoldsEverything()
    {
        using (var store = Open())
        {
            Put(store, "a", [1]);
        }

        using var again = Open();
        Assert.Equal([1], Get(again, "a")!.Value.ToArray());
    }

    [Fact]
    public void TwoConnections_SeeEachOther()
    {
        using var one = Open();
        using var two = Open();
        Put(one, "a", [1]);
        Assert.Equal([1], Get(two, "a")!.Value.ToArray());
        Put(two, "a", [2]);
        Assert.Equal([2], Get(one, "a")!.Value.ToArray());
    }

    [Fact]
    public void Locked_ByAnother_FailsWithAReasonAfterTheLimit()
    {
        using var one = Open();
        using var two = new SqliteStore(new SqliteStoreOptions { File = File, BusyLimit = TimeSpan.FromMilliseconds(1) }, Time);
        one.Write(w =>
        {
            w.Put("k", "a", [1], null);
            Assert.Contains("another process holds it", Assert.Throws<StoreException>(() => Put(two, "b", [1])).Message, StringComparison.Ordinal);
            Assert.Null(Get(two, "a"));
            return 0;
        });
        Put(two, "b", [1]);
        Assert.NotNull(Get(one, "b"));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("damaged header")]
    [InlineData("damaged page")]
    [InlineData("foreign")]
    [InlineData("newer")]
    public void Open_BadFile_NamesItAndLeavesItUntouched(string kind)
    {
        Prepare(kind);
        var before = System.IO.File.ReadAllBytes(File);
        var error = Assert.Throws<StoreException>(() => Open().Dispose());
        Assert.Contains(File, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    // A request that is being answered while the services end must not end the process.
    [Fact]
    public void Use_AfterDispose_IsRefused()
    {
        var store = Open();
        store.Dispose();
        Assert.Contains("closed", Assert.Throws<StoreException>(() => store.Read(r => r.Get("k", "a"))).Message, StringComparison.Ordinal);
        Assert.Throws<StoreException>(() => store.Write(w => w.Delete("k", "a")));
        Assert.Throws<StoreException>(() => store.Sweep(1));
    }

    [Fact]
    public void Open_NoFolder_SaysSo()
    {
        var error = Assert.Throws<StoreException>(() => new SqliteStore(new SqliteStoreOptions { File = Path.Combine(_folder, "none", "x.db") }, Time));
        Assert.Contains("does the folder exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_OfTheLibrary_KnowsWhatWeUse()
    {
        // UPSERT came with 3.24, row values with 3.15.
        Assert.True(Sqlite3.LibVersionNumber() >= 3_024_000);
    }

    [Fact]
    public void KilledProcess_LeavesAConsistentFile()
    {
        // Another process writes pairs in one transaction each and is killed mid-way; a half-written pair would show.
        using (Open())
        {
        }

        var script = "PRAGMA busy_timeout=5000;\n" + string.Concat(Enumerable.Range(0, 200_000).Select(i =>
            $"BEGIN IMMEDIATE; INSERT INTO record VALUES('k','a{i:d6}',x'01',0); INSERT INTO record VALUES('k','b{i:d6}',x'01',0); COMMIT;\n"));
        var feed = Path.Combine(_folder, "feed.sql");
        System.IO.File.WriteAllText(feed, script);
        using var writer = new System.Diagnostics.Process
        {
            StartInfo = new("sqlite3", [File, $".read {feed}"]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            writer.Start();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("the sqlite3 program is not installed");
        }

        try
        {
            using var watch = Open();
            while (!writer.HasExited && watch.Read(r => r.Scan("k", "a").Count) < 50)
            {
                Deadline.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            writer.Kill();
            writer.WaitForExit();
        }

        using var store = Open();
        var written = store.Read(r => r.Scan("k"));
        Assert.True(written.Count is >= 100 and < 400_000, $"{written.Count}");
        Assert.Equal(written.Where(r => r.Key[0] == 'a').Select(r => r.Key[1..]), written.Where(r => r.Key[0] == 'b').Select(r => r.Key[1..]));
        Put(store, "c", [1]);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_folder, recursive: true);
    }

    private protected override IServiceStore Open() => new SqliteStore(new SqliteStoreOptions { File = File }, Time);

    private void Prepare(string kind)
    {
        if (kind == "text")
        {
            System.IO.File.WriteAllText(File, new string('x', 5000));
            return;
        }

        if (kind == "foreign")
        {
            using var foreign = new SqliteConnection(File, TimeSpan.Zero);
            foreign.Execute("CREATE TABLE songs (name TEXT)");
            return;
        }

        using (var store = Open())
        {
            for (var i = 0; i < 200; i++)
            {
                Put(store, $"key{i}", new byte[500]);
            }
        }

        if (kind == "newer")
        {
            using var newer = new SqliteConnection(File, TimeSpan.Zero);
            newer.Execute("PRAGMA user_version = 99");
            return;
        }

        var bytes = System.IO.File.ReadAllBytes(File);
        var (from, to) = kind == "damaged header" ? (0, 100) : (4096 * 3, (4096 * 3) + 2000);
        bytes.AsSpan(from..to).Fill(0xA5);
        System.IO.File.WriteAllBytes(File, bytes);
    }
}
