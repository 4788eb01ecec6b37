// Updates over the air on emulated boards: each case from the same board at rest to a judged end state.
using Skywire.ImageBuild;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>What was asked for.</summary>
/// <param name="Only">Names of cases; empty for all.</param>
/// <param name="PowerCuts">How many.</param>
/// <param name="FirstCut">Number of the first one to carry out: a long run may be done in parts.</param>
/// <param name="Seed">Of the cuts.</param>
/// <param name="Jobs">Boards that run at the same time.</param>
/// <param name="BoxBoards">Boards of the box that is updated by one command; 0 for no box.</param>
/// <param name="CutsOnly">No cases but those of <paramref name="Only"/>.</param>
internal sealed record OtaOrder(IReadOnlyList<string> Only, int PowerCuts, int FirstCut, ulong Seed, int Jobs, bool CutsOnly, int BoxBoards);

/// <summary><c>check ota</c>.</summary>
internal sealed class OtaCheck(OtaStage stage, BundleShelf shelf, BuildResult image, OtaOrder order, CheckProgress progress)
{
    /// <summary>Names of all cases, in the order of the report.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "good", "rollback", "broken-connections", "wrong-key", "unsigned", "truncated", "wrong-board", "older", "altered", "disk-full", "panics", "hangs", "crashes", "broken", "no-links", "newer-data", "key-change",
    ];

    private readonly OtaReport _report = new() { Image = Path.GetFileName(image.Image), Version = image.Version, MachineLoad = BoardWatch.MachineLoad(), File = stage.ReportFile };

    /// <summary>Runs all of it.</summary>
    public async Task<OtaReport> RunAsync(CancellationToken cancellationToken)
    {
        await using (var feed = new FeedServer(""))
        {
            await progress.StepAsync("a board at rest", () => stage.PrepareAsync(feed.Port, cancellationToken));
        }

        await progress.StepAsync("bundles", () => BundlesAsync(cancellationToken));
        await CasesAsync(cancellationToken);
        if (order.PowerCuts > 0)
        {
            _report.Seed = order.Seed;
            var cuts = new PowerCutRun(stage, shelf, _report, progress, order.Jobs);
            await cuts.RunAsync([.. CutSchedule.Draw(order.Seed, order.FirstCut - 1 + order.PowerCuts).Skip(order.FirstCut - 1)], cancellationToken);
            _report.Cuts.Sort((a, b) => a.Number.CompareTo(b.Number));
            _report.CutTable = CutJudge.Table(_report.Cuts);
        }

        List<string> box = [];
        if (order.BoxBoards > 0)
        {
            (_report.Box, var failures) = await new OtaBoxCheck(stage, shelf, order.BoxBoards, progress).RunAsync(cancellationToken);
            box.AddRange(failures.Select(f => $"box: {f}"));
        }

        _report.Cases.Sort((a, b) => Names.ToList().IndexOf(a.Case).CompareTo(Names.ToList().IndexOf(b.Case)));
        _report.Failures = [.. _report.Cases.SelectMany(c => c.Failures.Select(f => $"{c.Case}: {f}")), .. _report.Cuts.SelectMany(c => c.Failures.Select(f => $"power cut {c.Number} ({c.Phase}): {f}")), .. box];
        _report.Ok = _report.Failures.Count == 0;
        return _report;
    }

    private bool IsWanted(string name) => (order.Only.Count == 0 && !order.CutsOnly) || order.Only.Contains(name);

    // One after the other: they share a tree, and packing takes all processors anyway.
    private async Task BundlesAsync(CancellationToken cancellationToken)
    {
        string[] withGood = ["rollback", "broken-connections", "disk-full", "no-links"];
        foreach (var change in SlotChange.All.Where(c => IsWanted(c.Name) || (c == SlotChange.Good && (order.PowerCuts > 0 || order.BoxBoards > 0 || withGood.Any(IsWanted)))))
        {
            await shelf.SystemAsync(change, cancellationToken);
        }

        if (IsWanted("key-change"))
        {
            await shelf.SystemAsync(shelf.KeyChange, cancellationToken);
        }
    }

    private async Task CasesAsync(CancellationToken cancellationToken)
    {
        var parts = new OtaLifeParts(stage, shelf, _report, progress, IsWanted);
        List<(string Name, Func<OtaLife, int, Task> Run)> lives =
        [
            ("refusals", (life, _) => life.RefusalsAsync(cancellationToken)),
            ("disk-full", (life, _) => life.DiskFullAsync(cancellationToken)),
            ("good", async (life, _) =>
            {
                await life.GoodAsync(cancellationToken);
                if (IsWanted("rollback"))
                {
                    await life.RollbackAsync(cancellationToken);
                }
            }),
            ("broken-connections", (life, _) => life.BrokenConnectionsAsync(cancellationToken)),
            .. new[] { SlotChange.Panics, SlotChange.Hangs, SlotChange.Crashes, SlotChange.Broken }.Select(c => (c.Name, (Func<OtaLife, int, Task>)((life, _) => life.TakenBackAsync(c, cancellationToken)))),
            ("newer-data", (life, _) => life.NewerDataAsync(cancellationToken)),
            ("key-change", (life, _) => life.KeyChangeAsync(cancellationToken)),
            ("no-links", (life, place) => life.LinksLostAsync(place + NeighbourPlace, cancellationToken)),
        ];
        string[] refusals = ["wrong-key", "unsigned", "truncated", "wrong-board", "older", "altered"];
        var wanted = lives.Where(l => l.Name switch
        {
            "refusals" => refusals.Any(IsWanted),
            "good" => IsWanted("good") || IsWanted("rollback"),
            _ => IsWanted(l.Name),
        });
        var places = new System.Collections.Concurrent.ConcurrentBag<int>(Enumerable.Range(0, order.Jobs));
        await Parallel.ForEachAsync(wanted, new ParallelOptions { MaxDegreeOfParallelism = order.Jobs, CancellationToken = cancellationToken }, async (work, _) =>
        {
            places.TryTake(out var place);
            try
            {
                await using var life = await OtaLife.BeginAsync(parts, work.Name, place, cancellationToken);
                await work.Run(life, place);
            }
            catch (WorkbenchException e)
            {
                _report.Add(new OtaCaseResult(work.Name, false, 0, "", "", false, "", "", "", "", [e.Message]));
                progress.Note($"{work.Name}: {e.Message}", TimeSpan.Zero, ok: false);
            }
            finally
            {
                places.Add(place);
            }
        });
    }

    // Ports of neighbours lie beyond those of the tested boards.
    private const int NeighbourPlace = 40;
}
