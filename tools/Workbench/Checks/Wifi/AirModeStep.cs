// Radios that cannot be in a mesh: ad-hoc networks, and trees of access points and stations.
using Skywire.Wifi.Running;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Steps "ad-hoc" and "tree".</summary>
internal sealed class AirModeStep(WifiStage stage, string socketFolder)
{
    private const string AdHocTypes = "adhoc,station";
    private const string TreeTypes = "ap,station";
    private const int Count = 3;
    private const long FileBytes = 2_000_000;

    private readonly IReadOnlyList<WifiNode> _nodes = WifiStage.Nodes(Count);

    /// <summary>Three nodes in an ad-hoc network, and a file between two of them.</summary>
    public async Task AdHocAsync(CancellationToken cancellationToken)
    {
        var figures = stage.Report.AdHoc = new AdHocFigures();
        await WithNodesAsync(AdHocTypes, async () =>
        {
            figures.JoinedS = await stage.StartAndJoinAsync(_nodes, _ => Count - 1, null, cancellationToken);
            figures.Modes = await ModesAsync(cancellationToken);
            stage.Report.Require(figures.Modes.Values.All(m => m == "ad_hoc"), $"not all nodes are ad-hoc: {string.Join(", ", figures.Modes)}");
            if (figures.JoinedS is not null)
            {
                await stage.Ground.AddressAsync(_nodes, cancellationToken);
                await BoxFile.CarryAsync(stage, _nodes, FileBytes, socketFolder, figures, cancellationToken);
            }
        }, cancellationToken);
    }

    /// <summary>Three nodes in a tree; a file; then each hears only the one beside it, and the tree grows in depth.</summary>
    public async Task TreeAsync(CancellationToken cancellationToken)
    {
        var figures = stage.Report.Tree = new TreeFigures();
        await WithNodesAsync(TreeTypes, async () =>
        {
            var since = await stage.Ground.NowAsync(cancellationToken);
            await stage.Ground.StartAsync(_nodes, cancellationToken);
            (figures.JoinedS, figures.Depths) = await TreeStandsAsync(since, d => d.Count(n => n == 0) == 1 && d.Count(n => n == 1) == Count - 1, "one root with the others below it", cancellationToken);
            figures.Modes = await ModesAsync(cancellationToken);
            if (figures.JoinedS is null)
            {
                return;
            }

            await BoxFile.CarryAsync(stage, _nodes, FileBytes, socketFolder, figures, cancellationToken);
            since = await stage.Ground.NowAsync(cancellationToken);
            await stage.Ground.HearAsync(_nodes, place => Hearing.Line(place, Count), cancellationToken);
            (figures.LineJoinedS, figures.LineDepths) = await TreeStandsAsync(since, d => d is [0, 1, 2] or [2, 1, 0] or [1, 0, 1], "depths of a line", cancellationToken);
        }, cancellationToken);
    }

    private async Task WithNodesAsync(string types, Func<Task> act, CancellationToken cancellationToken)
    {
        await stage.RemoveMeshAsync(cancellationToken);
        await stage.Ground.MakeAsync(_nodes, types, Hearing.All, cancellationToken);
        try
        {
            await act();
        }
        finally
        {
            await stage.Ground.RemoveAsync(_nodes, CancellationToken.None);
        }
    }

    // A line that grew from a star keeps a moment in which the depths are still those of the star: looked at until they fit.
    private async Task<(double? Seconds, IReadOnlyDictionary<string, int> Depths)> TreeStandsAsync(DateTimeOffset since, Func<int[], bool> fits, string shape, CancellationToken cancellationToken)
    {
        NodeStatus? last = null;
        int[] Depths() => [.. _nodes.Select(n => Radio(last!, n)?.Depth ?? -1)];
        var took = await BoardWatch.UntilAsync(
            async () =>
            {
                last = await stage.Ground.StatusAsync(_nodes, cancellationToken);
                return _nodes.All(n => last.Reports.GetValueOrDefault(n.Number) is { State: "joined" } report && report.At >= since && last.Links(n.Number) > 0) && fits(Depths());
            },
            WifiStage.JoinLimit,
            cancellationToken);
        stage.Report.Require(took is not null, $"no tree with {shape} within {WifiStage.JoinLimit.TotalSeconds:0} s: {string.Join("; ", _nodes.Select(n => $"{last!.Describe(n.Number)}, depth {Radio(last, n)?.Depth ?? -1}"))}");
        return (took is null ? null : Math.Round((last!.Now - since).TotalSeconds, 1), _nodes.ToDictionary(n => n.Namespace, n => Radio(last!, n)?.Depth ?? -1));
    }

    private async Task<IReadOnlyDictionary<string, string>> ModesAsync(CancellationToken cancellationToken)
    {
        var status = await stage.Ground.StatusAsync(_nodes, cancellationToken);
        return _nodes.ToDictionary(n => n.Namespace, n => Radio(status, n)?.Mode ?? "none");
    }

    private static RadioReport? Radio(NodeStatus status, WifiNode node) => status.Reports.GetValueOrDefault(node.Number)?.Radios.FirstOrDefault(r => r.Role == "backhaul");
}
