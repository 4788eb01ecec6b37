// skywire wifi scan: has the service listen on all channels, and prints what it heard.
using System.CommandLine;
using System.Globalization;
using System.Text;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Wifi;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Commands;

internal static class WifiScanCommand
{
    // Listening on forty channels for a tenth of a second each, after a scan that may go on already.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Command Create(CommandContext context)
    {
        var options = new WifiOptions();
        return context.Command(
            "scan",
            "Listen on all channels and list the networks heard. Links stay up, and stutter for some seconds.",
            ["skywire wifi scan", "skywire wifi scan --json"],
            [options.Run, context.Json],
            async (result, cancellationToken) =>
            {
                var before = options.Live(result).HeardAt;
                var folder = options.Folder(result);
                WifiOptions.Order(() => AtomicFile.Write(Path.Combine(folder, WifiFolder.ScanOrder), Encoding.ASCII.GetBytes(TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) + "\n"), AtomicFile.Private));
                var progress = new ProgressLine(context.Output);
                var report = await new WifiFollower(folder, TimeProvider.System).WaitAsync(r => r.HeardAt is { } at && (before is null || at > before), Limit, (_, waited) => progress.Show("listening on all channels", waited), cancellationToken);
                progress.End();
                if (report is null)
                {
                    throw new CliException(ExitCode.Timeout, $"the wifi service heard nothing new within {Limit.TotalSeconds:0} seconds", "\"skywire wifi status\" and \"journalctl -u skyminer-wifi\" say what its radios do");
                }

                if (result.GetValue(context.Json))
                {
                    context.Output.Json(report.Heard, ApiJson.Default.IReadOnlyListHeardReport);
                }
                else
                {
                    Print(context.Output, report);
                }

                return ExitCode.Ok;
            });
    }

    private static void Print(CliOutput output, WifiReport report) => output.Table(
        ["NAME", "SIGNAL", "KIND", "#CHANNEL", "PASSPHRASE", "OURS", "ADDRESS"],
        report.Heard.Select(h => new[] { h.Name.Length > 0 ? h.Name : "(hidden)", SignalText.Bar(h.Signal), h.Type, h.Channel.ToString(CultureInfo.InvariantCulture), h.IsSecured ? "yes" : "none", h.IsOurs ? "yes" : "", h.MacAddress }));
}
