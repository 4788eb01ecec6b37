using Skywire.Testing;
using Skywire.Update.Blocks;
using Skywire.Update.Download;
using Skywire.Update.Policy;
using Skywire.Update.Tests.Simulated;

namespace Skywire.Update.Tests.Download;

public sealed class BundleDownloadTests
{
    private static readonly DownloadOptions Options = new() { JournalStep = 16 * 1024, Reserve = 1000 };
    private readonly SampleBundle _old = new("0.1.0-1.ga");
    private readonly SampleBundle _new;

    public BundleDownloadTests()
    {
        _new = new SampleBundle("0.1.0-2.gb", slotBefore: _old.Slot, changed: 30_000);
    }

    [Fact]
    public void Run_NoSlotNoIndex_FetchesEachByteOnce() => Simulate(async world =>
    {
        world.Server.Files.Remove(_new.Feed.Blocks!.ToString());
        await world.CompletesAsync();
        Assert.Equal(_new.Bytes.Length, world.BundleBytesSent);
    });

    [Fact]
    public void Run_SlotHasMost_FetchesTheRest() => Simulate(async world =>
    {
        world.Slot = _old.Slot;
        var result = await world.CompletesAsync();

        // Head, tail and the changed blocks, and what lies between two of them.
        Assert.InRange(world.BundleBytesSent, 30_000 + 14_000, 30_000 + 14_000 + (3 * 4096));
        Assert.True(result.Progress.FromSlot > _new.Slot.Length - 30_000 - (2 * 4096));
    });

    [Fact]
    public void Run_SlotHoldsBlocksElsewhere_FindsThem() => Simulate(async world =>
    {
        world.Slot = [.. _new.Slot[(20 * 4096)..(40 * 4096)], .. _new.Slot[..(20 * 4096)]];
        var result = await world.CompletesAsync();
        Assert.Equal(40 * 4096, result.Progress.FromSlot);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_BrokenThreeTimes_GoesOnWhereItWas(bool hasIndex) => Simulate(async world =>
    {
        if (!hasIndex)
        {
            world.Server.Files.Remove(_new.Feed.Blocks!.ToString());
        }

        new[] { 50_000, 1000, 70_000 }.ToList().ForEach(world.Server.Breaks.Enqueue);
        var result = await world.CompletesAsync();
        Assert.Equal(3, result.Progress.Retries);
        Assert.Equal(_new.Bytes.Length, world.BundleBytesSent);
    });

    [Fact]
    public void Run_ServerIgnoresRanges_StillCompletes() => Simulate(async world =>
    {
        world.Slot = _old.Slot;
        world.Server.IgnoresRanges = true;
        world.Server.Breaks.Enqueue(100_000);
        await world.CompletesAsync();
        Assert.InRange(world.BundleBytesSent, _new.Bytes.Length, _new.Bytes.Length + 100_000);
    });

    [Fact]
    public void Run_WrongBytesOnce_AreFetchedAgainByBlock() => Simulate(async world =>
    {
        world.Server.Breaks.Enqueue(150_000);
        var lied = false;
        await world.CompletesAsync(report: _ =>
        {
            // The second connection lies in its last byte, which lies in the tail: only the whole's hash can see it.
            world.Server.LiesOnce |= !lied && world.Server.Requests.Count == 2;
            lied |= world.Server.LiesOnce;
        });
        Assert.True(lied);
        Assert.InRange(world.BundleBytesSent, _new.Bytes.Length + 1, _new.Bytes.Length * 3);
    });

    [Fact]
    public void Run_IndexOfOtherBytes_IsDroppedAndAllFetched() => Simulate(async world =>
    {
        var index = _new.Index.ToArray();
        index[BlockIndex.HeaderSize + (30 * BlockHash.Size)] ^= 1;
        world.Server.Files[_new.Feed.Blocks!.ToString()] = index;
        await world.CompletesAsync();
        Assert.True(world.BundleBytesSent > _new.Bytes.Length);
    });

    [Fact]
    public void Run_AlteredOnTheServer_IsRefusedAndForgotten() => Simulate(async world =>
    {
        var bytes = _new.Bytes.ToArray();
        bytes[100_000] ^= 1;
        world.Server.Files[_new.Feed.File.ToString()] = bytes;
        var result = await world.RunAsync();
        Assert.Equal(RefusalCode.Altered, result.Refusal!.Code);
        Assert.Empty(world.Storage.Names);

        world.Server.Files[_new.Feed.File.ToString()] = _new.Bytes;
        await world.CompletesAsync();
    });

    [Fact]
    public void Run_TruncatedOnTheServer_EndsAsUnreachable() => Simulate(async world =>
    {
        world.Server.Files[_new.Feed.File.ToString()] = _new.Bytes[..^5000];
        var result = await world.RunAsync();
        Assert.Equal(RefusalCode.Unreachable, result.Refusal!.Code);
        Assert.Contains("ended early", result.Refusal.Cause, StringComparison.Ordinal);
    });

    [Fact]
    public void Run_ServerGone_EndsAfterItsTriesAndResumes() => Simulate(async world =>
    {
        world.Server.Breaks.Enqueue(100_000);
        var result = await world.RunAsync(report: p => world.Server.IsDown |= p.Held >= 90_000);
        Assert.Equal(RefusalCode.Unreachable, result.Refusal!.Code);
        Assert.Equal(Options.MaxFailures + 1, result.Progress.Retries + 1);

        world.Server.IsDown = false;
        await world.CompletesAsync();
        Assert.InRange(world.BundleBytesSent, _new.Bytes.Length, _new.Bytes.Length + 4096);
    });

    [Theory]
    [InlineData(404, RefusalCode.Unreachable)]
    [InlineData(416, RefusalCode.Unreachable)]
    public void Run_FinalStatus_EndsAtOnce(int status, RefusalCode code) => Simulate(async world =>
    {
        world.Server.Files.Remove(_new.Feed.Blocks!.ToString());
        world.Server.Statuses.Enqueue(404);
        world.Server.Statuses.Enqueue(status);
        var result = await world.RunAsync();
        Assert.Equal(code, result.Refusal!.Code);
        Assert.Equal(0, result.Progress.Retries);
    });

    [Fact]
    public void Run_BusyServerAndChangedTag_AreTriedAgain() => Simulate(async world =>
    {
        world.Server.Breaks.Enqueue(40_000);
        var isChanged = false;
        await world.CompletesAsync(report: p =>
        {
            if (p.Held > 0 && !isChanged)
            {
                (isChanged, world.Server.EntityTag) = (true, "\"2\"");
                world.Server.Statuses.Enqueue(503);
            }
        });
        Assert.Contains(world.Server.Requests, r => r.IfMatch == "\"1\"");
        Assert.Equal("", world.Server.Requests[^1].IfMatch);
    });

    [Fact]
    public void Run_Stalled_CountsAsBroken() => Simulate(async world =>
    {
        world.Server.StallsOnce = true;
        var result = await world.CompletesAsync();
        Assert.Equal(1, result.Progress.Retries);
        Assert.InRange(world.Run.Time.Elapsed, Options.StallLimit, Options.StallLimit + TimeSpan.FromSeconds(10));
    });

    [Fact]
    public void Run_DiskTooSmall_IsRefusedBefore() => Simulate(async world =>
    {
        world.Storage.ClaimedFreeBytes = _new.Bytes.Length + 500;
        var result = await world.RunAsync();
        Assert.Equal(RefusalCode.DiskTooSmall, result.Refusal!.Code);
        Assert.Equal(0, world.BundleBytesSent);
    });

    [Fact]
    public void Run_DiskFullInTheMiddle_IsRefusedAndResumes() => Simulate(async world =>
    {
        world.Storage.ClaimedFreeBytes = 1L << 30;
        world.Storage.FreeBytes = 120_000;
        var result = await world.RunAsync();
        Assert.Equal(RefusalCode.DiskTooSmall, result.Refusal!.Code);
        world.Storage.FreeBytes = 1L << 30;
        await world.CompletesAsync();
        Assert.InRange(world.BundleBytesSent, _new.Bytes.Length, _new.Bytes.Length + 30_000);
    });

    [Fact]
    public void Run_Capped_TakesItsTime() => Simulate(async world =>
    {
        world.BytesPerSecond = 10_000;
        await world.CompletesAsync();

        // The bucket starts full: one second for nothing.
        Assert.InRange(world.Run.Time.Elapsed.TotalSeconds, (_new.Bytes.Length / 10_000.0) - 2, (_new.Bytes.Length / 10_000.0) + 3);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_ProcessEndsAtAnyWrite_CompletesAfterwards(bool hasIndex)
    {
        var points = 0;
        Simulate(async world =>
        {
            Prepare(world);
            await world.CompletesAsync();
            points = world.Storage.Points.Count;
        });
        Assert.True(points > 50);
        for (var at = 1; at <= points; at++)
        {
            Simulate(async world =>
            {
                Prepare(world);
                world.Storage.Points.CrashAt = at;
                await Assert.ThrowsAsync<CrashException>(() => world.RunAsync());
                world.Storage.Points.Restart();
                await world.CompletesAsync();

                // What a restart costs: the piece that was being written, and the index.
                Assert.True(world.BundleBytesSent <= _new.Bytes.Length + Options.JournalStep + 4096, $"{world.BundleBytesSent} bytes after a crash at {at}");
            });
        }

        void Prepare(World world)
        {
            if (hasIndex)
            {
                world.Slot = _old.Slot;
            }
            else
            {
                world.Server.Files.Remove(_new.Feed.Blocks!.ToString());
            }
        }
    }

    [Fact]
    public void Run_PartAlteredMeanwhile_IsNotTrusted() => Simulate(async world =>
    {
        await world.CompletesAsync();
        using (var part = world.Storage.Open(BundleDownload.NameOf(_new.Feed), _new.Bytes.Length))
        {
            foreach (var at in new[] { 10, 100_000, _new.Bytes.Length - 10 })
            {
                part.Position = at;
                part.WriteByte((byte)~_new.Bytes[at]);
            }
        }

        await world.CompletesAsync();
    });

    private void Simulate(Func<World, Task> body) => SimulationRun.Execute(1, run => body(new World(run, _new)));

    private sealed class World
    {
        private readonly SampleBundle _bundle;

        public World(SimulationRun run, SampleBundle bundle)
        {
            Run = run;
            _bundle = bundle;
            Server = new SimulatedServer(run.Time);
            SampleBundle.Publish(Server, bundle);
        }

        public SimulationRun Run { get; }

        public SimulatedServer Server { get; }

        public MemoryStorage Storage { get; } = new();

        public byte[]? Slot { get; set; }

        public long BytesPerSecond { get; set; }

        public long BundleBytesSent => Server.Sent.GetValueOrDefault(_bundle.Feed.File.ToString());

        public Task<DownloadResult> RunAsync(Action<DownloadProgress>? report = null)
            => new BundleDownload(Storage, Server, Run.Time, () => 0.5, Options).RunAsync(_bundle.Feed, () => Slot is null ? null : new MemoryStream(Slot), BytesPerSecond, report ?? (_ => { }), CancellationToken.None);

        public async Task<DownloadResult> CompletesAsync(Action<DownloadProgress>? report = null)
        {
            var result = await RunAsync(report);
            Assert.Null(result.Refusal);
            Assert.Equal(_bundle.Bytes, Storage.Read(result.Name, int.MaxValue));
            Assert.Equal(_bundle.Bytes.Length, result.Progress.Held);
            return result;
        }
    }
}
