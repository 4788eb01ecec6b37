// Four nodes join a mesh by passphrase; a fifth with another passphrase stays outside, and the four say so.
using System.Diagnostics;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Step "mesh".</summary>
internal sealed class MeshStep(WifiStage stage)
{
    // As the service names the counter.
    private const string PeersRefused = "peers_refused";

    // Long enough for several attempts of wpa_supplicant, which pauses between them.
    private static readonly TimeSpan OutsiderTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    /// <summary>Runs it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = await stage.Ground.StatusAsync(stage.Mesh, cancellationToken);
        var outsider = new WifiNode(stage.Mesh.Count + 1);
        await stage.Ground.MakeAsync([outsider], WifiStage.MeshTypes, Hearing.All, cancellationToken);
        await stage.Ground.SetAsync(outsider, WifiGround.Country, 0, isOutsider: true, cancellationToken);
        try
        {
            await WatchAsync(outsider, before, cancellationToken);
        }
        finally
        {
            await stage.Ground.RemoveAsync([outsider], cancellationToken);
        }
    }

    private async Task WatchAsync(WifiNode outsider, NodeStatus before, CancellationToken cancellationToken)
    {
        var figures = stage.Report.Mesh!;
        WifiNode[] all = [.. stage.Mesh, outsider];
        await stage.Ground.StartAsync([outsider], cancellationToken);

        // Watched from when it is on the air: it has a mesh of its own then, or hears that of the others.
        await BoardWatch.UntilAsync(async () => (await stage.Ground.StatusAsync([outsider], cancellationToken)).Reports.GetValueOrDefault(outsider.Number)?.Radios is [{ Role: "backhaul", Frequency: > 0 }, ..], StartLimit, cancellationToken);
        var watch = Stopwatch.StartNew();
        NodeStatus now;
        do
        {
            await Task.Delay(Look, cancellationToken);
            now = await stage.Ground.StatusAsync(all, cancellationToken);
            figures.OutsiderLinks = Math.Max(figures.OutsiderLinks, now.Links(outsider.Number));
        }
        while (watch.Elapsed < OutsiderTime);

        figures.OutsiderWatchedS = Math.Round(watch.Elapsed.TotalSeconds, 1);
        figures.OutsiderState = now.Describe(outsider.Number);
        foreach (var node in stage.Mesh)
        {
            foreach (var (name, count) in now.Reports.GetValueOrDefault(node.Number)?.Counters.Where(c => c.Key == PeersRefused) ?? [])
            {
                var grown = count - (before.Reports.GetValueOrDefault(node.Number)?.Counters.GetValueOrDefault(name) ?? 0);
                if (grown > 0)
                {
                    figures.Refusals[$"{node.Namespace} {name}"] = grown;
                }
            }
        }

        figures.RefusalReasons = [.. stage.Mesh.SelectMany(n => now.Reports.GetValueOrDefault(n.Number)?.Radios.SelectMany(r => r.Steps) ?? []).Where(s => s.Step == "refused").Select(s => s.Reason).Distinct().Take(4)];
        stage.Report.Require(now.Reports.ContainsKey(outsider.Number), "the outsider's service says nothing");
        stage.Report.Require(figures.OutsiderLinks == 0, $"a node with another passphrase was let in: {figures.OutsiderState}");
        stage.Report.Require(figures.Refusals.Count > 0, "no node counts that it refused the one with another passphrase");
        stage.Report.Require(stage.Mesh.All(n => now.Links(n.Number) == stage.Mesh.Count - 1), $"the mesh did not stay whole beside the outsider: {string.Join("; ", stage.Mesh.Select(n => now.Describe(n.Number)))}");
    }
}
