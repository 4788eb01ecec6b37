// A file over the air by visors that know nothing but a secret: beacons find the others, the proxy of the last node carries the file to the first.
namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Carries it.</summary>
internal static class BoxFile
{
    private static readonly TimeSpan FetchLimit = TimeSpan.FromMinutes(5);

    /// <summary>Starts visors on nodes that are joined, fetches, fills <paramref name="figures"/> and stops the visors.</summary>
    public static async Task CarryAsync(WifiStage stage, IReadOnlyList<WifiNode> nodes, long bytes, string socketFolder, CarriedFile figures, CancellationToken cancellationToken)
    {
        figures.FileBytes = bytes;
        await using var visors = new NodeVisors(stage.Ground, nodes, socketFolder);
        await visors.MakeKeysAsync(cancellationToken);
        await visors.StartAsync(node => VisorConfigs.Box(node, node == nodes[0] ? visors.Keys[nodes[^1].Number] : null), bytes, cancellationToken);
        (figures.VisorsJoinedS, var why) = await visors.JoinedAsync(cancellationToken);
        if (!stage.Report.Require(figures.VisorsJoinedS is not null, $"the visors did not find each other on the air: {why}"))
        {
            return;
        }

        (var run, why) = await visors.UntilFetchedAsync(bytes, FetchLimit, cancellationToken);
        if (!stage.Report.Require(run is not null, $"no file came over the air within {FetchLimit.TotalSeconds:0} s: {why}"))
        {
            return;
        }

        figures.Sha256Equal = visors.IsFile(run!);
        figures.FileS = Math.Round(run!.Seconds, 2);
        figures.BytesPerS = Math.Round(run.BytesPerS);
        stage.Report.Require(figures.Sha256Equal, "what arrived over the air is not what was sent");
    }
}
