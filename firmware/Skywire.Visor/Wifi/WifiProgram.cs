// `skywire wifi run`: the real kernel, service manager, clock and signals around the wifi service.
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Skywire.Linux.DBus;
using Skywire.Visor.Hosting;
using Skywire.Wifi.Control;
using Skywire.Wifi.Kernel;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Running;
using Skywire.Wifi.Setup;

namespace Skywire.Visor.Wifi;

/// <summary>Where one wifi service finds and leaves things.</summary>
/// <param name="Settings">What the owner wants (<see cref="WifiSettingsFile"/>).</param>
/// <param name="Folder">Its account, its orders, the files of its wpa_supplicants.</param>
/// <param name="Unit">Template unit of its wpa_supplicants.</param>
/// <param name="HasSetup">Offers the setup access point where it is due.</param>
/// <param name="IgnoredWires">Wired interfaces that are no owner's cable.</param>
internal sealed record WifiPlaces(string Settings, string Folder, string Unit, bool HasSetup, IReadOnlyCollection<string> IgnoredWires);

internal static class WifiProgram
{
    // A person waits for what was ordered.
    private static readonly TimeSpan OrdersEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    public static async Task RunAsync(WifiPlaces places, TextWriter error)
    {
        var time = TimeProvider.System;
        using var console = new ConsoleLog(error, ConsoleLog.IsUnderJournal, time);
        using var loggers = ConsoleLog.Factory("information", console);
        var log = loggers.CreateLogger<WifiRunner>();
        using var notify = SystemdNotify.FromEnvironment();
        using var stop = new StopSignal(log);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        Directory.CreateDirectory(places.Folder);
        using var kernel = new Nl80211Kernel(time);
        await using var supplicants = new Supplicants(new SupplicantOptions { RunFolder = places.Folder, Unit = places.Unit }, new SystemdUnits(DBusConnection.SystemBus, time), time);
        var settings = new Settings(places.Settings, log);
        var account = new Account(places.Folder, notify, log, time);
        var setup = places.HasSetup ? Setup(places, settings, kernel, time) : null;
        var runner = new WifiRunner(
            new WifiParts
            {
                Kernel = kernel,
                Supplicants = supplicants,
                Wishes = settings.Read,
                Publish = report => account.Take(report, setup),
                Random = static () => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue,
                Setup = setup is null ? static () => null : setup.Claim,
            },
            time);

        var orders = OrdersAsync(places.Folder, runner, time, ending.Token);
        var offering = setup?.RunAsync(ending.Token) ?? Task.CompletedTask;
        try
        {
            await runner.RunAsync(ending.Token);
        }
        finally
        {
            notify.Stopping("leaving the air");
            await ending.CancelAsync();
            await orders;
            await offering;
        }
    }

    private static SetupService Setup(WifiPlaces places, Settings settings, Nl80211Kernel kernel, TimeProvider time) => new(
        new SetupOptions { Folder = places.Folder },
        new SetupParts
        {
            IsSet = () => settings.IsSet,
            HasWire = new WireCarrier(places.IgnoredWires).HasWire,
            Radios = kernel.Radios,
            Listen = new SetupListener(kernel, time).ListenAsync,
            Sink = new SettingsOrderSink(places.Folder),
            Random = RandomNumberGenerator.Fill,
        },
        time);

    private static async Task OrdersAsync(string folder, WifiRunner runner, TimeProvider time, CancellationToken cancellationToken)
    {
        var scan = Path.Combine(folder, WifiFolder.ScanOrder);
        try
        {
            while (true)
            {
                if (File.Exists(scan))
                {
                    File.Delete(scan);
                    runner.RequestScan();
                }

                await Task.Delay(OrdersEvery, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to end.
        }
    }

    // Read anew each time: a small file, a few times a second at most. What is wrong with it is said once.
    private sealed class Settings(string path, ILogger log)
    {
        private string _fault = "";

        public bool IsSet => WifiSettingsFile.Read(path).IsSet;

        public WifiWishes Read()
        {
            var settings = WifiSettingsFile.Read(path);
            if (settings.Fault != _fault)
            {
                _fault = settings.Fault;
                if (_fault.Length > 0)
                {
                    Log.AirSettings(log, _fault);
                }
            }

            // While they are being written anew, what was wanted before holds.
            return _fault.Length == 0 ? settings.Wishes : throw new IOException(_fault);
        }
    }

    // Hands the report on: to the file, the journal and the service manager.
    private sealed class Account(string folder, SystemdNotify notify, ILogger log, TimeProvider time)
    {
        private readonly WifiReportFile _file = new(folder, time);
        private string _state = "";

        public void Take(WifiReport report, SetupService? setup)
        {
            _file.Write(setup is null ? report : report with { Counters = report.Counters.Concat(setup.Counters()).ToDictionary() });
            if (_state.Length == 0)
            {
                notify.Ready($"{report.State}: {report.Reason}");
            }

            if (_state != report.State)
            {
                _state = report.State;
                Log.AirState(log, report.State, report.Reason);
                notify.Status($"{report.State}: {report.Reason}");
            }

            // Every ten seconds at least: a loop that hangs misses it.
            notify.Watchdog();
        }
    }
}
