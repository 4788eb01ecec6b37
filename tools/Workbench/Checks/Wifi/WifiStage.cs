// What the steps of check wifi share: the ground, the report, and waiting for nodes to join.
using System.Diagnostics;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>The stage of one run.</summary>
internal sealed class WifiStage(WifiGround ground, WifiCheckReport report, CheckProgress progress)
{
    /// <summary>Types of radios that can be in a mesh.</summary>
    public const string MeshTypes = "mesh,adhoc,ap,station";

    /// <summary>Time to join: services of several nodes start on an emulated processor or two.</summary>
    public static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(240);

    private const int MeshNodes = 4;
    private bool _hasMesh;

    /// <summary>The ground.</summary>
    public WifiGround Ground => ground;

    /// <summary>The report.</summary>
    public WifiCheckReport Report => report;

    /// <summary>The four nodes of the mesh.</summary>
    public IReadOnlyList<WifiNode> Mesh { get; } = Nodes(MeshNodes);

    /// <summary>Nodes from 1.</summary>
    public static IReadOnlyList<WifiNode> Nodes(int count) => [.. Enumerable.Range(1, count).Select(n => new WifiNode(n))];

    /// <summary>Runs a step, shows it and notes its time. A step that cannot go on is a failure, and the next one is tried.</summary>
    public async Task<bool> StepAsync(string name, Func<Task> step, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var failures = report.Failures.Count;
        try
        {
            await progress.StepAsync(name, step);
        }
        catch (Exception e) when (e is WorkbenchException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            report.Require(false, $"{name}: {e.Message}");
        }

        report.Steps.Add(new StepSeconds(name, Math.Round(watch.Elapsed.TotalSeconds, 1)));
        report.Save();
        foreach (var failure in report.Failures.Skip(failures))
        {
            progress.Note(failure, watch.Elapsed, ok: false);
        }

        return report.Failures.Count == failures;
    }

    /// <summary>Notes something on standard error.</summary>
    public void Note(string text, TimeSpan took) => progress.Note(text, took, ok: true);

    /// <summary>The four nodes in full hearing, joined; made where they are not there yet. The figures are those of making them.</summary>
    public async Task EnsureMeshAsync(CancellationToken cancellationToken)
    {
        if (_hasMesh)
        {
            return;
        }

        report.Mesh ??= new MeshFigures();
        await ground.MakeAsync(Mesh, MeshTypes, Hearing.All, cancellationToken);
        _hasMesh = true;
        var joined = await StartAndJoinAsync(Mesh, _ => MeshNodes - 1, report.Mesh.NodeJoinedS, cancellationToken);
        report.Mesh.JoinedS = joined;
    }

    /// <summary>Takes the nodes of the mesh away, so that others can be made.</summary>
    public async Task RemoveMeshAsync(CancellationToken cancellationToken)
    {
        if (_hasMesh)
        {
            _hasMesh = false;
            await ground.RemoveAsync(Mesh, cancellationToken);
        }
    }

    /// <summary>Starts the services of nodes and waits until each is linked to as many others as <paramref name="links"/> says of its place.</summary>
    public async Task<double?> StartAndJoinAsync(IReadOnlyList<WifiNode> nodes, Func<int, int> links, Dictionary<string, double>? each, CancellationToken cancellationToken)
    {
        var since = await ground.NowAsync(cancellationToken);
        await ground.StartAsync(nodes, cancellationToken);
        return await JoinedAsync(nodes, links, since, each, cancellationToken);
    }

    /// <summary>Waits until every node says, later than <paramref name="since"/>, that it is joined with so many links; the seconds since then by the board's clock, or null with the failure noted.</summary>
    public async Task<double?> JoinedAsync(IReadOnlyList<WifiNode> nodes, Func<int, int> links, DateTimeOffset since, Dictionary<string, double>? each, CancellationToken cancellationToken)
    {
        NodeStatus? last = null;
        var took = await BoardWatch.UntilAsync(
            async () =>
            {
                last = await ground.StatusAsync(nodes, cancellationToken);
                for (var i = 0; i < nodes.Count; i++)
                {
                    if (each is not null && last.IsJoined(nodes[i].Number, links(i + 1), since))
                    {
                        each.TryAdd(nodes[i].Namespace, Math.Round((last.Now - since).TotalSeconds, 1));
                    }
                }

                return nodes.Select((n, i) => last.IsJoined(n.Number, links(i + 1), since)).All(j => j);
            },
            JoinLimit,
            cancellationToken);
        if (took is null)
        {
            report.Require(false, $"not joined within {JoinLimit.TotalSeconds:0} s: {string.Join("; ", nodes.Select(n => last!.Describe(n.Number)))}");
            return null;
        }

        return Math.Round((last!.Now - since).TotalSeconds, 1);
    }

    /// <summary>Gives the nodes their addresses and waits until the first reaches all others; the seconds, or null.</summary>
    public async Task<double?> ReachableAsync(IReadOnlyList<WifiNode> nodes, TimeSpan limit, CancellationToken cancellationToken)
        => await BoardWatch.UntilAsync(
            async () =>
            {
                await ground.AddressAsync(nodes, cancellationToken);
                return await ground.ReachesAsync(nodes[0], nodes.Skip(1), cancellationToken);
            },
            limit,
            cancellationToken);
}
