// skywire update trial: what skyminer-trial.service runs in a new slot. It needs nothing of the visor but its socket.
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skywire.Update.Slots;
using Skywire.Update.Storage;
using Skywire.Update.Trial;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Commands;

internal static class UpdateTrialCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Option<string>("--folder") { Description = "The update folder.", HelpName = "PATH", DefaultValueFactory = static _ => UpdateFolder.SystemFolder };
        var proc = new Option<string>("--proc") { Description = "Where the kernel tells slot and uptime.", HelpName = "PATH", DefaultValueFactory = static _ => "/proc" };
        return context.Command(
            "trial",
            "Judge a new system, as its service does: wait until the visor is up, has its links and reads its data. Exit code 0: it stays, or is not on trial; 1: out of time, and the reason is written.",
            ["skywire update trial"],
            [folder, proc, context.Socket],
            async (result, cancellationToken) =>
            {
                if (RunningSlot.Load(result.GetValue(proc)!) is not { } slot)
                {
                    context.Output.Out.WriteLine("this system runs from no slot");
                    return ExitCode.Ok;
                }

                var storage = new UpdateFolder(result.GetValue(folder)!);
                using var client = VisorClient.Open(null, result.GetValue(context.Socket));
                var runner = new TrialRunner(storage, token => MeasureAsync(client, token), TimeProvider.System);
                var end = await runner.RunAsync(slot, Uptime(result.GetValue(proc)!), cancellationToken);
                if (end.Verdict == TrialVerdict.Failed)
                {
                    throw new CliException(ExitCode.Failure, end.Reason, "");
                }

                context.Output.Out.WriteLine(end.Verdict == TrialVerdict.Good ? $"slot {slot.Name} has proved itself" : end.Reason);
                return ExitCode.Ok;
            });
    }

    private static async Task<TrialFacts> MeasureAsync(VisorClient client, CancellationToken cancellationToken)
    {
        try
        {
            var json = await client.GetAsync("status", cancellationToken);
            var status = JsonSerializer.Deserialize(json, ApiJson.Default.StatusView)!;

            // A visor with a key has read key and configuration; that it shows its history means the data partition can be read.
            var (isReadable, fault) = await HistoryAsync(client, cancellationToken);
            return new TrialFacts(status.State != "booting", true, status.TransportsUp, isReadable && status.PublicKey.Length > 0, fault.Length > 0 ? fault : status.StateReason);
        }
        catch (CliException e)
        {
            return new TrialFacts(e.ExitCode is not (ExitCode.NotRunning or ExitCode.Timeout), false, null, false, e.Message);
        }
        catch (JsonException e)
        {
            return new TrialFacts(true, false, null, false, e.Message);
        }
    }

    private static async Task<(bool IsReadable, string Fault)> HistoryAsync(VisorClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.GetAsync("update/history", cancellationToken);
            return (true, "");
        }
        catch (CliException e)
        {
            return (false, e.Message);
        }
    }

    // Seconds since the kernel started, the first word.
    private static TimeSpan Uptime(string proc)
        => double.TryParse(File.ReadAllText(Path.Combine(proc, "uptime")).Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
}
