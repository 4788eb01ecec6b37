// Visors on nodes in line: found by beacons with nothing but a secret; then the kernel's forwarding of frames against our own routing, in turns.
namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Step "visors".</summary>
internal sealed class VisorStep(WifiStage stage, string socketFolder)
{
    private const long FileBytes = 2_000_000;
    // The first one is for the visors' code, which is compiled once more when it runs often: it is carried, and not counted.
    private const int Rounds = 3;
    private const int RunsARound = 3;
    private const string Services = "check-services";
    private static readonly TimeSpan FetchLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LinkLimit = TimeSpan.FromMinutes(3);

    private WifiNode First => stage.Mesh[0];

    private WifiNode Last => stage.Mesh[^1];

    /// <summary>Runs it on nodes in line.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var figures = stage.Report.Visors = new VisorFigures();
        await stage.Ground.AddressAsync(stage.Mesh, cancellationToken);
        await stage.StepAsync("a file over the line by visors with nothing but a secret", () => BoxFile.CarryAsync(stage, stage.Mesh, FileBytes, socketFolder, figures, cancellationToken), cancellationToken);
        await stage.StepAsync("the kernel's forwarding against own routing", () => CompareAsync(figures, cancellationToken), cancellationToken);
    }

    private async Task CompareAsync(VisorFigures figures, CancellationToken cancellationToken)
    {
        await using var visors = new NodeVisors(stage.Ground, stage.Mesh, socketFolder);
        try
        {
            await StartAsync(visors, cancellationToken);
            List<FetchRun> kernel = [], own = [];
            for (var round = 0; round < Rounds; round++)
            {
                await LinkEndsAsync(visors, cancellationToken);
                var byKernel = await RunsAsync(visors, "the kernel's forwarding", cancellationToken);
                await UnlinkEndsAsync(visors, cancellationToken);
                var byUs = await OwnRunsAsync(visors, figures, cancellationToken);
                if (round > 0)
                {
                    kernel.AddRange(byKernel);
                    own.AddRange(byUs);
                }
            }

            (figures.KernelForwarding, figures.OwnRouting) = (Medians.Of(kernel), Medians.Of(own));
            figures.SpeedRatio = Math.Round(figures.KernelForwarding.BytesPerS / figures.OwnRouting.BytesPerS, 2);
            figures.CpuRatio = Math.Round(figures.KernelForwarding.CpuSPerMb / figures.OwnRouting.CpuSPerMb, 2);
        }
        finally
        {
            await visors.StopAsync(CancellationToken.None);
            await stage.Ground.RunAsync($"forwarding 1 {WifiGround.Numbers(stage.Mesh)}", CancellationToken.None);
            await stage.Ground.Shell.RunAsync($"systemctl stop {Services}.service; for n in {WifiGround.Numbers(stage.Mesh)}; do ip link del svc$n; done", CancellationToken.None);
        }
    }

    private async Task StartAsync(NodeVisors visors, CancellationToken cancellationToken)
    {
        foreach (var node in stage.Mesh)
        {
            await stage.Ground.DoAsync($"wire {node.Number}", cancellationToken);
        }

        await visors.MakeKeysAsync(cancellationToken);
        var folder = $"{WifiNode.CheckFolder}/services";
        var setup = (await stage.Ground.Shell.RequireAsync($"rm -rf {folder} && mkdir -p {folder} && {stage.Ground.Program} key gen {folder}/setup-node.key", cancellationToken)).Trim().Split('\n')[^1].Trim();
        await stage.Ground.Shell.RequireAsync($"systemctl reset-failed {Services}.service 2>/dev/null; systemd-run -q --collect --unit={Services} -p WorkingDirectory={folder} -E DOTNET_EnableDiagnostics=0 {stage.Ground.Program} services run --data {folder} --bind {VisorConfigs.ServicesAddress} --dmsg-address {VisorConfigs.ServicesAddress}:8081 --allow-private --memory", cancellationToken);
        await visors.StartAsync(node => VisorConfigs.Line(node, visors.Keys, setup, node == First ? visors.Keys[Last.Number] : null), FileBytes, cancellationToken);
        for (var i = 0; i + 1 < stage.Mesh.Count; i++)
        {
            var (node, next) = (stage.Mesh[i], stage.Mesh[i + 1]);
            if (await BoardWatch.UntilAsync(async () => (await visors.LinkIdsAsync(node, next, cancellationToken)).Count > 0, LinkLimit, cancellationToken) is null)
            {
                throw new WorkbenchException($"the visors of nodes {node.Number} and {next.Number} did not link over the air within {LinkLimit.TotalSeconds:0} s", "is the line whole? --only line");
            }
        }
    }

    // The kernel carries frames between the ends, and the visors there have a link of their own over it.
    private async Task LinkEndsAsync(NodeVisors visors, CancellationToken cancellationToken)
    {
        await stage.Ground.DoAsync($"forwarding 1 {WifiGround.Numbers(stage.Mesh)}", cancellationToken);
        await BoardWatch.UntilAsync(() => stage.Ground.ReachesAsync(First, [Last], cancellationToken), LinkLimit, cancellationToken);
        var why = "";
        var took = await BoardWatch.UntilAsync(
            async () =>
            {
                try
                {
                    await visors.Api(First).PostAsync("transports", $$"""{"remote_key":"{{visors.Keys[Last.Number]}}","type":"{{VisorConfigs.LinkType}}"}""", cancellationToken);
                    return true;
                }
                catch (Exception e) when (e is WorkbenchException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                {
                    why = e.Message;
                    return false;
                }
            },
            LinkLimit,
            cancellationToken);
        if (took is null)
        {
            throw new WorkbenchException($"the ends did not link over the kernel's path: {why}", "is the line whole? --only line");
        }
    }

    private async Task UnlinkEndsAsync(NodeVisors visors, CancellationToken cancellationToken)
    {
        foreach (var id in await visors.LinkIdsAsync(First, Last, cancellationToken))
        {
            await visors.Api(First).DeleteAsync("transports/" + id, cancellationToken);
        }

        await stage.Ground.DoAsync($"forwarding 0 {WifiGround.Numbers(stage.Mesh)}", cancellationToken);
    }

    private async Task<IReadOnlyList<FetchRun>> OwnRunsAsync(NodeVisors visors, VisorFigures figures, CancellationToken cancellationToken)
    {
        // Bytes that came up from each radio but the last one's: frames that the kernel forwards do not, and a link made anew in between begins to count anew.
        var receivers = stage.Mesh.Take(stage.Mesh.Count - 1).ToList();
        var before = new List<long>();
        foreach (var node in receivers)
        {
            before.Add(await stage.Ground.ReceivedAsync(node, cancellationToken));
        }

        var runs = await RunsAsync(visors, "own routing", cancellationToken);
        var hops = 0;
        for (var i = 0; i < receivers.Count; i++)
        {
            hops += await stage.Ground.ReceivedAsync(receivers[i], cancellationToken) - before[i] >= FileBytes * RunsARound ? 1 : 0;
        }

        figures.OwnRoutingHops = hops;
        stage.Report.Require(hops == stage.Mesh.Count - 1, $"{hops} of {stage.Mesh.Count - 1} nodes received what own routing carried");
        stage.Report.Require(!await stage.Ground.ReachesAsync(First, [Last], cancellationToken), "the kernel forwarded while own routing was measured");
        return runs;
    }

    // The first fetch pays for the route; those measured are the traffic itself.
    private async Task<IReadOnlyList<FetchRun>> RunsAsync(NodeVisors visors, string way, CancellationToken cancellationToken)
    {
        await visors.RedialAsync(cancellationToken);
        var (_, why) = await visors.UntilFetchedAsync(1000, FetchLimit, cancellationToken);
        var runs = new List<FetchRun>();
        for (var i = 0; i < RunsARound && why.Length == 0; i++)
        {
            (var run, why) = await visors.UntilFetchedAsync(FileBytes, FetchLimit, cancellationToken);
            if (run is not null)
            {
                stage.Report.Require(visors.IsFile(run), $"{way}: what arrived is not what was sent");
                stage.Note(FormattableString.Invariant($"{way}: {run.BytesPerS / 1000:0} kB/s, {run.CpuSPerMb:0.00} CPU s per MB"), TimeSpan.FromSeconds(run.Seconds));
                runs.Add(run);
            }
        }

        return why.Length == 0 ? runs : throw new WorkbenchException($"{way}: no file came within {FetchLimit.TotalSeconds:0} s: {why}", "the nodes' journals say more: --keep");
    }
}
