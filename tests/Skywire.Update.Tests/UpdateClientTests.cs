using Skywire.Testing;
using Skywire.Update.History;
using Skywire.Update.Policy;
using Skywire.Update.Tests.Simulated;
using Skywire.Update.Trial;

namespace Skywire.Update.Tests;

public sealed class UpdateClientTests
{
    private const string Old = "0.1.0-1.ga";
    private const string New = "0.1.0-2.gb";
    private static readonly SampleBundle OldBundle = new(Old, 16);
    private static readonly SampleBundle NewBundle = new(New, slotBefore: OldBundle.Slot, changed: 20_000);

    [Fact]
    public void Run_GoodUpdate_EndsInTheNewSlotAndSaysSo() => Simulate(async (run, board) =>
    {
        await Until(run, () => board.IsSettledAt(New));
        Assert.Equal("B", board.Running.BootName);
        Assert.Equal([HistoryEntry.Installed, HistoryEntry.Good], Events(board));
        Assert.Equal((1, 3, 2), (board.Installations, board.Running.Left, board.Boots));
        UpdatePhase[] phases = [UpdatePhase.Checking, UpdatePhase.Idle, UpdatePhase.Downloading, UpdatePhase.Verifying, UpdatePhase.Installing, UpdatePhase.Rebooting, UpdatePhase.Idle, UpdatePhase.OnTrial, UpdatePhase.Idle];
        Assert.Equal(phases, board.Phases.Take(phases.Length));
    });

    [Fact]
    public void Run_Window_IsWaitedForAlsoAfterTheClockJumps() => Simulate(async (run, board) =>
    {
        board.Settings = board.Settings with { Window = UpdateWindow.Parse("23:00-01:00")! };
        run.Time.JumpWallClock(TimeSpan.FromHours(2));
        await Task.Delay(TimeSpan.FromHours(3), run.Time);
        Assert.Equal((UpdatePhase.WaitingForWindow, New, 0), (board.Client!.Status.Phase, board.Client.Status.Target, board.Installations));

        run.Time.JumpWallClock(TimeSpan.FromHours(18));
        var jumped = run.Time.Elapsed;
        await Until(run, () => board.Installations > 0);
        Assert.InRange(run.Time.Elapsed - jumped, TimeSpan.Zero, UpdatePolicy.LongestWait + TimeSpan.FromMinutes(2));
    });

    [Fact]
    public void Run_NotAutomatic_OnlyTells() => Simulate(async (run, board) =>
    {
        board.Settings = board.Settings with { IsAutomatic = false };
        await Task.Delay(TimeSpan.FromHours(8), run.Time);
        Assert.Equal((0, New, "what is new in " + New), (board.Installations, board.Client!.Status.Target, board.Client.Status.Changelog));
        Assert.Null((await board.Client.InstallAsync(new InstallOrder(), CancellationToken.None)).Refusal);
        await Until(run, () => board.IsSettledAt(New));
    });

    [Fact]
    public void Run_NoFeed_StillTakesOrdersAfterDays() => Simulate(async (run, board) =>
    {
        board.Settings = board.Settings with { Feed = null };
        await Task.Delay(TimeSpan.FromDays(2), run.Time);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), run.Time);
        Assert.NotNull((await board.Client!.CheckAsync(limit.Token)).Refusal);
    });

    [Theory]
    [InlineData(Health.KernelPanics, "its tries ran out")]
    [InlineData(Health.UserspaceHangs, "its tries ran out")]
    [InlineData(Health.VisorCrashes, "the visor is not up, 300 s after the start")]
    [InlineData(Health.LosesLinks, "0 of 2 links are up, 300 s after the start")]
    internal void Run_BadVersion_ComesBackSaysWhyAndStays(Health health, string reason) => Simulate(async (run, board) =>
    {
        board.Versions[New] = health;
        await Until(run, () => board.IsSettledAt(Old) && board.Boots > 1);
        Assert.Equal([HistoryEntry.Installed, HistoryEntry.RolledBack], Events(board));
        Assert.Contains(reason, board.Client!.History()[^1].Reason, StringComparison.Ordinal);
        Assert.Equal(5, board.Boots);
        Assert.Equal(New, Assert.Single(board.Client.Status.Failed).Version);

        // The old slot is the first one again, so that a second fallback needs no tries; and the bad version does not come by itself.
        Assert.Equal("A", board.Order[0].BootName);
        await Task.Delay(TimeSpan.FromDays(1), run.Time);
        Assert.Equal((1, 5, Old), (board.Installations, board.Boots, board.Running.Version));
        Assert.Equal("failed_before", board.Client.Status.Refusal);

        // A person may try again, and a mended board takes it.
        board.Versions.Clear();
        Assert.Null((await board.Client.InstallAsync(new InstallOrder(Version: New), CancellationToken.None)).Refusal);
        await Until(run, () => board.IsSettledAt(New));
        Assert.Empty(board.Client.Status.Failed);
    });

    [Fact]
    public void Run_SystemLargerThanASlot_IsRefusedBeforeRaucTouchesTheOtherSlot() => Simulate(async (run, board) =>
    {
        board.SlotBytes = (ulong)NewBundle.Slot.Length - 1;
        await Until(run, () => board.Client!.Status.Refusal == "slot_too_small");
        Assert.Equal((0, 1, 2), (board.Installations, board.Boots, board.Order.Count));
        Assert.Contains($"{NewBundle.Slot.Length} bytes", board.Client!.History()[^1].Reason, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("signature verification failed: Verify error: self-signed certificate", "bad_signature")]
    [InlineData("Invalid bundle format: Signature size is 0", "unsigned")]
    [InlineData("Invalid bundle format: Signature size (7) exceeds bundle size", "truncated")]
    [InlineData("bundle payload is corrupted", "altered")]
    [InlineData("already processing a different method", "busy")]
    public void Install_FileRaucRefuses_NamesTheCause(string text, string code) => Simulate(async (_, board) =>
    {
        board.Refusals["/media/x.raucb"] = text;
        var outcome = await board.Client!.InstallAsync(new InstallOrder("/media/x.raucb"), CancellationToken.None);
        Assert.Equal((code, text), (outcome.Refusal!.Word, outcome.Refusal.Cause));
        Assert.Equal((UpdatePhase.Failed, code, 1), (board.Client.Status.Phase, board.Client.Status.Refusal, board.Client.Status.Refusals[code]));
        Assert.Equal((HistoryEntry.Refused, code), (board.Client.History()[^1].Event, board.Client.History()[^1].Code));
        Assert.Null(TrialRecord.Load(board.Storage));
        Assert.Equal((0, Old), (board.Installations, board.Running.Version));
    }, isAutomatic: false);

    [Fact]
    public void Install_FileOfAStick_IsCheckedAgainstTheBoard() => Simulate(async (run, board) =>
    {
        board.Media["/media/older"] = new SampleBundle("0.1.0-0.gz", 4);
        board.Media["/media/minimum"] = new SampleBundle("0.2.0", 4, minimum: "0.1.5");
        Assert.Equal("older_version", (await Install("/media/older")).Refusal!.Word);
        Assert.Equal("min_version", (await Install("/media/minimum")).Refusal!.Word);
        Assert.Equal("not_found", (await Install("/media/none")).Refusal!.Word);
        Assert.Null((await board.Client!.InstallAsync(new InstallOrder("/media/older", AllowsDowngrade: true), CancellationToken.None)).Refusal);
        await Until(run, () => board.IsSettledAt("0.1.0-0.gz"));
        Assert.DoesNotContain(board.Server.Sent.Keys, k => k.EndsWith(".raucb", StringComparison.Ordinal));

        Task<UpdateOutcome> Install(string file) => board.Client!.InstallAsync(new InstallOrder(file), CancellationToken.None);
    }, isAutomatic: false);

    [Fact]
    public void Install_OnTrial_IsBusy() => Simulate(async (run, board) =>
    {
        await Until(run, () => board.IsUp && board.IsOnTrial);
        await Task.Delay(TimeSpan.FromSeconds(2), run.Time);
        Assert.Equal("busy", (await board.Client!.InstallAsync(new InstallOrder(), CancellationToken.None)).Refusal!.Word);
        await Until(run, () => board.IsSettledAt(New));
    });

    [Fact]
    public void Rollback_ByHand_GoesBackAndStays() => Simulate(async (run, board) =>
    {
        Assert.Equal("not_found", (await board.Client!.RollbackAsync(CancellationToken.None)).Refusal!.Word);
        await Until(run, () => board.IsSettledAt(New));
        Assert.Null((await board.Client.RollbackAsync(CancellationToken.None)).Refusal);
        await Until(run, () => board.IsSettledAt(Old));
        await Task.Delay(TimeSpan.FromDays(1), run.Time);
        Assert.Equal((Old, 1), (board.Running.Version, board.Installations));
        Assert.Equal(HistoryEntry.Rollback, board.Client.History()[^1].Event);
    });

    [Fact]
    public void Check_BoxFeedFirst_ThenTheOperators() => Simulate(async (run, board) =>
    {
        await Until(run, () => board.IsSettledAt(New));
        Assert.Equal(["http://serving.example/stable.json", SampleBundle.FeedAddress], board.Server.Requests.Take(2).Select(r => r.Address.ToString()));
    }, then: board => board.BoxFeed = () => new Uri("http://serving.example/stable.json"));

    [Fact]
    public void Check_NoFeedAnswers_IsSaidAndTriedAgain() => Simulate(async (run, board) =>
    {
        board.Server.IsDown = true;
        var outcome = await board.Client!.CheckAsync(CancellationToken.None);
        Assert.Equal("unreachable", outcome.Refusal!.Word);
        Assert.Equal(UpdatePhase.Idle, board.Client.Status.Phase);
        Assert.Contains("Connection refused", board.Client.Status.CheckFault, StringComparison.Ordinal);
        board.Server.IsDown = false;
        await Until(run, () => board.IsSettledAt(New));
    });

    [Fact]
    public void Run_PinnedOrOff_Stays() => Simulate(async (run, board) =>
    {
        board.Settings = board.Settings with { Channel = UpdateChannel.Pinned };
        await Task.Delay(TimeSpan.FromHours(8), run.Time);
        board.Settings = board.Settings with { Channel = UpdateChannel.Off };
        await Task.Delay(TimeSpan.FromHours(8), run.Time);
        Assert.Equal("switched_off", (await board.Client!.CheckAsync(CancellationToken.None)).Refusal!.Word);
        Assert.Equal(0, board.Installations);
        board.Settings = board.Settings with { Channel = UpdateChannel.Pinned, PinnedVersion = New };
        await Until(run, () => board.IsSettledAt(New));
    }, isAutomatic: false, then: board => board.Settings = board.Settings with { IsAutomatic = true, Channel = UpdateChannel.Pinned });

    [Fact]
    public void Run_DiskTooSmall_IsRefusedAndTheBoardGoesOn() => Simulate(async (run, board) =>
    {
        board.Storage.ClaimedFreeBytes = 10_000;
        await Until(run, () => board.Client?.Status.Refusal == "disk_too_small");
        board.Storage.ClaimedFreeBytes = null;
        await Until(run, () => board.IsSettledAt(New));
    });

    // The claim of the whole: wherever the power goes, or the visor ends, the board comes to the new version, once, proved, and with nothing left over.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_EndsAtAnyWrite_ArrivesAllTheSame(bool isPowerCut)
    {
        var points = 0;
        Simulate(async (run, board) =>
        {
            await Until(run, () => board.IsSettledAt(New));
            points = board.Points.Count;
        });
        Assert.True(points > 60);
        TestContext.Current.TestOutputHelper?.WriteLine($"moments at which it was ended: {points}");
        for (var at = 1; at <= points; at++)
        {
            Simulate(async (run, board) =>
            {
                await Until(run, () => board.IsSettledAt(New));
                await Task.Delay(TimeSpan.FromMinutes(10), run.Time);
                Assert.True(board.IsSettledAt(New), $"crash at {at}");
                var events = Events(board);
                Assert.True(events.Count(e => e == HistoryEntry.Good) == 1 && !events.Contains(HistoryEntry.RolledBack), $"crash at {at}: {string.Join(", ", events)}");
                Assert.InRange(board.Installations, 1, 2);
                Assert.Null(board.Storage.Read(TrialRecord.ReasonFile, 4096));
            }, then: board => (board.Points.CrashAt, board.CrashIsPowerCut) = (at, isPowerCut));
        }
    }

    // The same for an update that fails: the board comes back to the old version, says so once, and does not try again.
    [Fact]
    public void Run_BadVersionAndPowerCutAtAnyWrite_ComesBackAllTheSame()
    {
        var points = 0;
        Simulate(async (run, board) =>
        {
            await Until(run, () => board.IsSettledAt(Old) && board.Boots > 1);
            points = board.Points.Count;
        }, then: Bad);
        TestContext.Current.TestOutputHelper?.WriteLine($"moments at which it was ended: {points}");
        for (var at = 1; at <= points; at++)
        {
            Simulate(async (run, board) =>
            {
                await Task.Delay(TimeSpan.FromHours(3), run.Time);
                Assert.True(board.IsSettledAt(Old), $"crash at {at}: {board.Running.Version} {board.Client?.Status.Phase}");
                Assert.True(Events(board).Count(e => e == HistoryEntry.RolledBack) == 1, $"crash at {at}: {string.Join(", ", Events(board))}");
                Assert.Equal(New, Assert.Single(board.Client!.Status.Failed).Version);
                Assert.InRange(board.Installations, 1, 2);
            }, then: board =>
            {
                Bad(board);
                board.Points.CrashAt = at;
            });
        }

        static void Bad(SimulatedBoard board) => board.Versions[New] = Health.LosesLinks;
    }

    private static List<string> Events(SimulatedBoard board) => [.. new UpdateHistory(board.Storage).Entries().Select(e => e.Event)];

    private static async Task Until(SimulationRun run, Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 48 * 3600, "it does not come to pass within two days");
            await Task.Delay(TimeSpan.FromSeconds(1), run.Time);
        }
    }

    private static void Simulate(Func<SimulationRun, SimulatedBoard, Task> body, bool isAutomatic = true, Action<SimulatedBoard>? then = null) => SimulationRun.Execute(
        1,
        async run =>
        {
            var server = new SimulatedServer(run.Time);
            SampleBundle.Publish(server, NewBundle);
            var board = new SimulatedBoard(run, server, Old);
            board.Media["feed"] = NewBundle;
            board.Slots[0].Content = OldBundle.Slot;
            board.Settings = board.Settings with { IsAutomatic = isAutomatic };
            then?.Invoke(board);
            var life = board.LiveAsync();

            // Up before the first word is said to it; a check of its own may be under way.
            await Until(run, () => board.IsUp || life.IsFaulted);
            await body(run, board);
            board.HasPower = false;
            await life;
        },
        SimulationOptions.Default with { VirtualBudget = TimeSpan.FromDays(4) });
}
