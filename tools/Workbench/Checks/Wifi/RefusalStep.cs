// A channel that the country's rules refuse: said as such, and joined again as soon as the settings hold.
using System.Text.RegularExpressions;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Step "refusal".</summary>
internal sealed partial class RefusalStep(WifiStage stage)
{
    private const string RefusingCountry = "US";
    private const int RefusedChannel = 13;
    private static readonly TimeSpan ShowLimit = TimeSpan.FromSeconds(120);

    /// <summary>Runs it. Rules hold for the whole board: all nodes get the same settings.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var figures = stage.Report.Refusal = new RefusalFigures();
        var since = await ChangeAsync(RefusingCountry, RefusedChannel, cancellationToken);
        NodeStatus? last = null;
        var took = await BoardWatch.UntilAsync(
            async () =>
            {
                last = await stage.Ground.StatusAsync(stage.Mesh, cancellationToken);
                return stage.Mesh.All(n => Refusal(last, n, since) is not null);
            },
            ShowLimit,
            cancellationToken);
        var report = last!.Reports.GetValueOrDefault(stage.Mesh[0].Number);
        figures.State = report?.State ?? "";
        figures.Reason = Refusal(last, stage.Mesh[0], since) ?? report?.Reason ?? "";
        figures.ShownS = took is null ? null : Math.Round((last.Now - since).TotalSeconds, 1);
        stage.Report.Require(took is not null, $"channel {RefusedChannel} in {RefusingCountry} is not shown as refused within {ShowLimit.TotalSeconds:0} s: {string.Join("; ", stage.Mesh.Select(n => last.Describe(n.Number)))}");

        since = await ChangeAsync(WifiGround.Country, 0, cancellationToken);
        figures.BackS = await stage.JoinedAsync(stage.Mesh, _ => stage.Mesh.Count - 1, since, null, cancellationToken);
    }

    private async Task<DateTimeOffset> ChangeAsync(string country, int channel, CancellationToken cancellationToken)
    {
        // As on a board: new settings are there before the service starts anew.
        await stage.Ground.StopAsync(stage.Mesh, cancellationToken);
        foreach (var node in stage.Mesh)
        {
            await stage.Ground.SetAsync(node, country, channel, isOutsider: false, cancellationToken);
        }

        var since = await stage.Ground.NowAsync(cancellationToken);
        await stage.Ground.StartAsync(stage.Mesh, cancellationToken);
        return since;
    }

    // Not on the air, and a reason that names rules or country together with the channel.
    private static string? Refusal(NodeStatus status, WifiNode node, DateTimeOffset since)
        => status.Reports.GetValueOrDefault(node.Number) is { State: not ("joined" or "weak") } report && report.At >= since
            ? new[] { report.Reason }.Concat(report.Radios.SelectMany(r => new[] { r.Reason, r.PlanReason })).FirstOrDefault(r => Rules().IsMatch(r) && r.Contains("13", StringComparison.Ordinal))
            : null;

    [GeneratedRegex(@"\b(rules?|regulat\w*|country|US)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Rules();
}
