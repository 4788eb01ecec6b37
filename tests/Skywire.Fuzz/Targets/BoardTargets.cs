// What owners write on a card in any editor, what board folders hold, and what the board service reads from the visor's socket and the wifi service's report.
using System.Text;
using Skywire.Boards.Data;
using Skywire.Boards.Settings;
using Skywire.Fuzz.Engine;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Board;
using Skywire.Visor.Commands;
using Skywire.Visor.Metrics;
using Skywire.Wifi.Running;

namespace Skywire.Fuzz.Targets;

internal static class BoardTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("board-settings", Settings) { AllocationBase = 1 << 20, AllocationPerByte = 8192, MaxInput = 8 * 1024 },
        new("board-settings-change", Change) { AllocationBase = 4 << 20, AllocationPerByte = 32 * 1024, MaxInput = 4 * 1024 },
        new("board-file", Board) { AllocationBase = 1 << 20, AllocationPerByte = 2048, MaxInput = 8 * 1024 },
        new("board-status", Status) { AllocationBase = 1 << 20, AllocationPerByte = 1024, MaxInput = 8 * 1024 },
        new("wifi-report", Air) { AllocationBase = 1 << 20, AllocationPerByte = 1024, MaxInput = 8 * 1024 },
    ];

    private static int Settings(ReadOnlySpan<byte> input)
    {
        var reading = SettingsReader.Read(input);
        var text = SettingsErrors.Text(reading.Mistakes);
        if (text.Any(c => char.IsControl(c) && c is not ('\r' or '\n')))
        {
            throw new ContractException("a mistake moves the cursor");
        }

        var settings = reading.Settings;
        // What passed goes into files of other programs, a line each.
        if (settings.SshKeys.Append(settings.Name).Append(settings.TimeZone).Append(settings.Network?.Address ?? "").Any(v => v.Any(char.IsControl)))
        {
            throw new ContractException("a setting holds a control character");
        }

        return Math.Min(reading.Mistakes.Count, 8) + (settings.Network is null ? 0 : 16) + (settings.SshKeys.Count > 0 ? 32 : 0) + ((int)settings.Services * 64) + (settings.IsMeshSpoiled ? 256 : 0);
    }

    // Orders and the file they are for, with a zero byte between.
    private static int Change(ReadOnlySpan<byte> input)
    {
        var split = Math.Max(input.IndexOf((byte)0), 0);
        var content = input[Math.Min(split + 1, input.Length)..];
        var (orders, mistakes) = SettingsChange.ReadOrders(input[..split]);
        var result = SettingsChange.Apply(content, orders);
        if (result.Text is not { } text)
        {
            return result.Mistakes.Count == 0 ? throw new ContractException("neither a text nor a mistake") : 100 + Math.Min(result.Mistakes.Count, 8);
        }

        var before = SettingsReader.Read(content);
        var after = SettingsReader.Read(text);
        if (after.Mistakes.Count > before.Mistakes.Count)
        {
            throw new ContractException("a change made a mistake");
        }

        // What was not ordered stays.
        if (!orders.Any(o => o.Key == "mesh_passphrase") && (after.Settings.MeshPassphrase, after.Settings.IsMeshSpoiled && !orders.Any(o => o.Key == "mesh_name")) != (before.Settings.MeshPassphrase, before.Settings.IsMeshSpoiled && !orders.Any(o => o.Key == "mesh_name")))
        {
            throw new ContractException("an order for another key changed the passphrase");
        }

        // Ordered twice is ordered once.
        if (SettingsChange.Apply(text, orders).Text is not { } again || !again.AsSpan().SequenceEqual(text))
        {
            throw new ContractException("the same orders change the file again");
        }

        return Math.Min(orders.Count, 8) + (mistakes.Count > 0 ? 16 : 0) + (after.Mistakes.Count > 0 ? 32 : 0);
    }

    private static int Board(ReadOnlySpan<byte> input)
    {
        var reading = BoardFileReader.Parse(input.ToArray());
        return reading.Board is null == (reading.Faults.Count == 0) ? throw new ContractException("neither a board nor a fault, or both") : Math.Min(reading.Faults.Count, 12);
    }

    // Every field a surface shows is touched: none may be null.
    private static int Air(ReadOnlySpan<byte> input)
    {
        var words = AirSource.Parse(input.ToArray());
        if (WifiReportFile.Parse(input) is not { } report)
        {
            return words is null ? 0 : 1;
        }

        var metrics = new PrometheusWriter();
        WifiMetrics.Write(metrics, WifiView.Of(report, isRunning: true));
        return 2 + Math.Min(metrics.ToBytes().Length / 64, 60) + (64 * Math.Min(report.Radios.Sum(r => r.Neighbours.Sum(n => SignalText.Bar(n.Signal).Length + SignalText.Spark(n.SignalHistory).Length)), 20));
    }

    private static int Status(ReadOnlySpan<byte> input)
    {
        var (status, fault) = VisorStatusSource.Parse(input.ToArray());
        return status is null == (fault.Length == 0) ? throw new ContractException("neither a status nor a fault, or both")
            : status is null ? Math.Min(fault.Length, 40) : status.Box is { } box ? 1000 + Math.Min(box.Members, 4) : 999;
    }
}
