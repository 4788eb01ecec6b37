// A whole box on virtual time: every board runs the real client, boot loader and trial; the one that serves runs the real coordinator. What is asked: who was down when.
using Skywire.Testing;
using Skywire.Update.Box;
using Skywire.Update.History;
using Skywire.Update.Policy;
using Skywire.Update.Tests.Simulated;
using Skywire.Wire;

namespace Skywire.Update.Tests.Box;

public sealed class RolloutTests
{
    private const string Old = "0.1.0-1.ga";
    private const string New = "0.1.0-2.gb";
    private static readonly SampleBundle Bundle = new(New, 4);

    [Fact]
    public void Rollout_EightBoards_OneAtATimeServingBoardLast() => Simulate(8, async box =>
    {
        await box.UntilAsync(() => box.Boards.All(b => b.IsSettledAt(New)));
        Assert.Equal(1, box.MostDown);
        Assert.Equal(8, box.Arrived.Count);

        // Board 0 serves from the start, until its own turn.
        Assert.Equal(box.Boards[0].Name, box.Arrived[^1]);
        Assert.All(box.Gaps(), gap => Assert.True(gap >= RolloutOptions.Default.GoodTime, $"only {gap} between two boards"));
        Assert.All(box.Boards, b => Assert.Equal(1, b.Installations));
    });

    [Fact]
    public void Rollout_Ordered_TakesBoardsAlongThatDoNotUpdateThemselves() => Simulate(4, async box =>
    {
        box.Boards.ForEach(b => b.Settings = b.Settings with { IsAutomatic = false });
        await Task.Delay(TimeSpan.FromHours(1), box.Run.Time);
        Assert.All(box.Boards, b => Assert.Equal(0, b.Installations));
        box.Coordinator!.Order(New);
        await box.UntilAsync(() => box.Boards.All(b => b.IsSettledAt(New)));
        Assert.Equal((1, box.Boards[0].Name), (box.MostDown, box.Arrived[^1]));
    }, isAutomatic: false);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rollout_FirstBoardFails_StopsAndSaysWhy(bool isOrdered) => Simulate(5, async box =>
    {
        box.Boards.ForEach(b => b.Versions[New] = Health.LosesLinks);
        if (isOrdered)
        {
            box.Coordinator!.Order(New);
        }

        await Task.Delay(TimeSpan.FromHours(5), box.Run.Time);
        Assert.Equal(1, box.Boards.Sum(b => b.Installations));
        Assert.Equal(1, box.MostDown);
        Assert.All(box.Boards, b => Assert.True(b.IsSettledAt(Old)));
        Assert.Contains($"board-1 failed with {New}: 0 of 2 links are up", box.Coordinator!.View(box.Run.Time.Elapsed).Stopped, StringComparison.Ordinal);
        Assert.Contains(box.Boards, b => b.Client!.Rollout!.Stopped.Length > 0);
    }, isAutomatic: !isOrdered);

    [Fact]
    public void Rollout_BoardDiesInItsTurn_StopsAtTheLimit() => Simulate(5, async box =>
    {
        await box.UntilAsync(() => box.Boards[2].Client?.Status.Phase == UpdatePhase.Installing);
        box.Boards[2].HasPower = false;
        await Task.Delay(TimeSpan.FromHours(4), box.Run.Time);
        Assert.Equal([box.Boards[1].Name], box.Arrived);
        Assert.Contains("board-2 was not heard of as good within 40 minutes", box.Coordinator!.View(box.Run.Time.Elapsed).Stopped, StringComparison.Ordinal);
    });

    [Fact]
    public void Rollout_ServingBoardDiesInAnothersTurn_TheNextOneGoesOn() => Simulate(6, async box =>
    {
        await box.UntilAsync(() => box.Boards[3].Client?.Status.Phase == UpdatePhase.Installing);
        box.Boards[0].HasPower = false;
        box.Gone.Add(box.Boards[0]);
        await box.UntilAsync(() => box.Boards.Skip(1).All(b => b.IsSettledAt(New)));

        // Board 1 serves now, and had its own turn before it served.
        Assert.Equal(1, box.MostDown);
        Assert.Equal("board-1", box.Serving!.Name);
        Assert.All(box.Boards.Skip(1), b => Assert.Equal(1, b.Installations));
    });

    [Fact]
    public void Rollout_StoppedAndServingBoardDies_StaysStopped() => Simulate(4, async box =>
    {
        box.Boards.ForEach(b => b.Versions[New] = Health.LosesLinks);
        box.Coordinator!.Order(New);
        await box.UntilAsync(() => box.Coordinator?.View(box.Run.Time.Elapsed).Stopped.Length > 0);
        var reason = box.Coordinator!.View(box.Run.Time.Elapsed).Stopped;
        await Task.Delay(TimeSpan.FromMinutes(2), box.Run.Time);
        box.Boards[0].HasPower = false;
        await Task.Delay(TimeSpan.FromHours(3), box.Run.Time);
        Assert.Equal(("board-1", reason), (box.Serving!.Name, box.Coordinator!.View(box.Run.Time.Elapsed).Stopped));
        Assert.Equal(1, box.Boards.Sum(b => b.Installations));
    }, isAutomatic: false);

    [Fact]
    public void Rollout_BoardSwitchedOffBefore_DoesNotHoldTheOthersUpForEver() => Simulate(4, async box =>
    {
        await Task.Delay(TimeSpan.FromMinutes(5), box.Run.Time);
        box.Boards[2].HasPower = false;
        await Task.Delay(TimeSpan.FromMinutes(2), box.Run.Time);
        box.Coordinator!.Order(New);
        await box.UntilAsync(() => box.Boards.Where(b => b != box.Boards[2]).All(b => b.IsSettledAt(New)));
    }, isAutomatic: false);

    [Fact]
    public void Rollout_RefusedOnOneBoard_StopsUntilOrderedAgain() => Simulate(3, async box =>
    {
        box.Boards[1].Storage.ClaimedFreeBytes = 10;
        box.Coordinator!.Order(New);
        await box.UntilAsync(() => box.Coordinator.View(box.Run.Time.Elapsed).Stopped.Contains("board-1 failed", StringComparison.Ordinal));
        box.Boards[1].Storage.ClaimedFreeBytes = null;
        box.Coordinator.Order(New);
        await box.UntilAsync(() => box.Boards.All(b => b.IsSettledAt(New)));
        Assert.Equal(1, box.MostDown);
    }, isAutomatic: false);

    private static void Simulate(int boards, Func<SimulatedBox, Task> body, bool isAutomatic = true) => SimulationRun.Execute(
        1,
        async run =>
        {
            var box = new SimulatedBox(run, boards, isAutomatic);
            var lives = box.Boards.ConvertAll(b => b.LiveAsync());
            var watch = box.WatchAsync();
            await box.UntilAsync(() => box.Boards.TrueForAll(b => b.IsUp) && box.Coordinator is not null);
            await body(box);
            box.IsOver = true;
            box.Boards.ForEach(b => b.HasPower = false);
            await Task.WhenAll(lives.Append(watch).Select(t => t.Stay()));
        },
        SimulationOptions.Default with { VirtualBudget = TimeSpan.FromDays(2) });

    private sealed class SimulatedBox
    {
        private readonly List<TimeSpan> _arrivals = [];
        private readonly List<(TimeSpan At, SimulatedBoard Board)> _starts = [];
        private int _takeovers;

        public SimulatedBox(SimulationRun run, int boards, bool isAutomatic)
        {
            Run = run;
            var server = new SimulatedServer(run.Time);
            SampleBundle.Publish(server, Bundle);
            for (var i = 0; i < boards; i++)
            {
                var board = new SimulatedBoard(run, server, Old, $"board-{i}");
                board.Media["feed"] = Bundle;
                board.Settings = board.Settings with { IsAutomatic = isAutomatic };
                board.Turn = () => new Turn(this, board);
                Boards.Add(board);
            }
        }

        public SimulationRun Run { get; }

        public List<SimulatedBoard> Boards { get; } = [];

        /// <summary>Boards whose absence is not the roll-out's doing.</summary>
        public HashSet<SimulatedBoard> Gone { get; } = [];

        public SimulatedBoard? Serving { get; private set; }

        public RolloutCoordinator? Coordinator { get; private set; }

        public bool IsOver { get; set; }

        /// <summary>Most boards that were down at one moment.</summary>
        public int MostDown { get; private set; }

        /// <summary>Boards in the order in which they proved the new version.</summary>
        public List<string> Arrived { get; } = [];

        /// <summary>Time from one board's arrival to the next one's going down.</summary>
        public IEnumerable<TimeSpan> Gaps() => _starts.Skip(1).Zip(_arrivals, (start, arrival) => start.At - arrival);

        public async Task UntilAsync(Func<bool> condition)
        {
            for (var i = 0; !condition(); i++)
            {
                Assert.True(i < 24 * 3600, "it does not come to pass within a day");
                await Task.Delay(TimeSpan.FromSeconds(1), Run.Time);
            }
        }

        // The election in short: whoever serves goes on; else the lowest one that is up, after some seconds.
        public async Task WatchAsync()
        {
            var wereUp = new HashSet<SimulatedBoard>();
            while (!IsOver)
            {
                wereUp.UnionWith(Boards.Where(b => b.IsUp));
                if (Serving is { IsUp: false })
                {
                    (Serving, Coordinator) = (null, null);
                    await Task.Delay(TimeSpan.FromSeconds(4), Run.Time);
                }

                if (Serving is null && Boards.Find(b => b.IsUp) is { } next)
                {
                    Serving = next;
                    Coordinator = new RolloutCoordinator(next.Name, $"{next.Name}/{++_takeovers}", RolloutOptions.Default, Run.Time.Elapsed);
                    Run.Trace($"{next.Name} serves");
                }

                Coordinator?.Tick(Run.Time.Elapsed);
                foreach (var board in Boards.Where(b => b.Client?.Status.Phase == UpdatePhase.Rebooting && _starts.TrueForAll(s => s.Board != b)))
                {
                    _starts.Add((Run.Time.Elapsed, board));
                }

                foreach (var board in Boards.Where(b => !Arrived.Contains(b.Name) && new UpdateHistory(b.Storage).Entries().Any(e => e.Event == HistoryEntry.Good)))
                {
                    Arrived.Add(board.Name);
                    _arrivals.Add(Run.Time.Elapsed);
                }

                MostDown = Math.Max(MostDown, wereUp.Count(b => !b.IsUp && !Gone.Contains(b)));
                await Task.Delay(TimeSpan.FromSeconds(1), Run.Time);
            }
        }

        private sealed class Turn(SimulatedBox box, SimulatedBoard board) : IRolloutTurn
        {
            public string Board => board.Name;

            public async Task<RolloutAnswer> ReportAsync(RolloutReport report, CancellationToken cancellationToken)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), box.Run.Time, cancellationToken);
                return box.Serving is { IsUp: true } && box.Coordinator is { } coordinator ? coordinator.Report(report, box.Run.Time.Elapsed) : throw new IOException("no board serves");
            }
        }
    }
}
