// Four nodes of which each hears only those beside it: three hops by the kernel's paths, and a radio in the middle that is pulled and put back.
using System.Globalization;
using System.Text.RegularExpressions;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Step "line".</summary>
internal sealed partial class LineStep(WifiStage stage)
{
    private const int Pings = 20;
    private const double MostLossPercent = 20;
    private const int UnpluggedSeconds = 10;
    private static readonly TimeSpan ReachLimit = TimeSpan.FromSeconds(120);

    private WifiNode First => stage.Mesh[0];

    private WifiNode Last => stage.Mesh[^1];

    /// <summary>Puts the nodes in line with fresh links, as links that nobody uses are only given up after minutes.</summary>
    public static async Task<double?> FormAsync(WifiStage stage, CancellationToken cancellationToken)
    {
        var count = stage.Mesh.Count;
        await stage.Ground.StopAsync(stage.Mesh, cancellationToken);
        await stage.Ground.HearAsync(stage.Mesh, place => Hearing.Line(place, count), cancellationToken);
        var joined = await stage.StartAndJoinAsync(stage.Mesh, place => place == 1 || place == count ? 1 : 2, null, cancellationToken);
        await stage.Ground.AddressAsync(stage.Mesh, cancellationToken);
        return joined;
    }

    /// <summary>Lets all hear each other again.</summary>
    public static async Task<double?> DissolveAsync(WifiStage stage, CancellationToken cancellationToken)
    {
        await stage.Ground.StopAsync(stage.Mesh, cancellationToken);
        await stage.Ground.HearAsync(stage.Mesh, _ => Hearing.All, cancellationToken);
        return await stage.StartAndJoinAsync(stage.Mesh, _ => stage.Mesh.Count - 1, null, cancellationToken);
    }

    /// <summary>Runs it on nodes in line.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var figures = stage.Report.Line!;
        if (!stage.Report.Require(await ReachAsync(cancellationToken) is not null, $"node {First.Number} does not reach node {Last.Number} over three hops within {ReachLimit.TotalSeconds:0} s"))
        {
            return;
        }

        var ping = await stage.Ground.Shell.RunAsync($"ip netns exec {First.Namespace} ping -c {Pings} -i 0.5 -W 3 {Last.Address}", cancellationToken);
        figures.Pings = Pings;
        figures.PingLossPercent = Loss().Match(ping.Output) is { Success: true } loss ? double.Parse(loss.Groups[1].Value, CultureInfo.InvariantCulture) : 100;
        figures.PingMedianMs = Math.Round(Medians.Of(Times().Matches(ping.Output).Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))), 2);
        await FollowAsync(figures, cancellationToken);
        stage.Report.Require(figures.PingLossPercent <= MostLossPercent, string.Create(CultureInfo.InvariantCulture, $"{figures.PingLossPercent} % of pings over three hops were lost"));
        figures.RejoinS = await UnplugAsync(stage.Mesh[1], cancellationToken);
    }

    // From hop to hop, by what each node's kernel says, and by the count of the first one's.
    private async Task FollowAsync(LineFigures figures, CancellationToken cancellationToken)
    {
        var macs = new Dictionary<string, int>();
        foreach (var node in stage.Mesh)
        {
            macs[(await stage.Ground.DoAsync($"mac {node.Number}", cancellationToken)).Trim()] = node.Number;
        }

        var last = macs.Single(m => m.Value == Last.Number).Key;
        var way = new List<int>();
        for (var at = First.Number; at != Last.Number && way.Count < stage.Mesh.Count;)
        {
            var path = MeshPaths.Parse(await stage.Ground.DoAsync($"paths {at}", cancellationToken)).FirstOrDefault(p => p.Destination == last);
            if (at == First.Number)
            {
                figures.Hops = path?.Hops ?? 0;
            }

            at = path is not null && macs.TryGetValue(path.NextHop, out var next) ? next : Last.Number;
            way.Add(path is null ? 0 : at);
        }

        figures.Way = way;
        figures.LinksOfFirst = (await stage.Ground.StatusAsync([First], cancellationToken)).Links(First.Number);
        stage.Report.Require(way.SequenceEqual(stage.Mesh.Skip(1).Select(n => n.Number)), $"the way from node {First.Number} is {string.Join(", ", way)}, not from each to the one beside it");
        stage.Report.Require(figures.Hops is 0 or 3, $"the kernel counts {figures.Hops} hops from node {First.Number} to node {Last.Number}, not 3");
        stage.Report.Require(figures.LinksOfFirst == 1, $"node {First.Number} has {figures.LinksOfFirst} links, not one");
    }

    private async Task<double?> UnplugAsync(WifiNode middle, CancellationToken cancellationToken)
    {
        await stage.Ground.DoAsync($"radio-remove {middle.Number}", cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(UnpluggedSeconds), cancellationToken);
        if (!stage.Report.Require(!await stage.Ground.ReachesAsync(First, [Last], cancellationToken), $"without node {middle.Number}'s radio node {First.Number} still reaches node {Last.Number}: the line is none"))
        {
            return null;
        }

        await stage.Ground.DoAsync($"radio-add {middle.Number} {WifiStage.MeshTypes} {Hearing.Line(middle.Number, stage.Mesh.Count)}", cancellationToken);
        var took = await BoardWatch.UntilAsync(
            async () =>
            {
                await stage.Ground.AddressAsync([middle], cancellationToken);
                return await stage.Ground.ReachesAsync(First, [Last], cancellationToken);
            },
            WifiStage.JoinLimit,
            cancellationToken);
        stage.Report.Require(took is not null, $"node {First.Number} did not reach node {Last.Number} within {WifiStage.JoinLimit.TotalSeconds:0} s after node {middle.Number}'s radio was back: {(await stage.Ground.StatusAsync([middle], cancellationToken)).Describe(middle.Number)}");
        return took is { } seconds ? Math.Round(seconds, 1) : null;
    }

    private Task<double?> ReachAsync(CancellationToken cancellationToken) => BoardWatch.UntilAsync(() => stage.Ground.ReachesAsync(First, [Last], cancellationToken), ReachLimit, cancellationToken);

    [GeneratedRegex(@"([\d.]+)% packet loss")]
    private static partial Regex Loss();

    [GeneratedRegex(@"time=([\d.]+) ms")]
    private static partial Regex Times();
}
