// `skywire visor run`: real sockets, clock and signals around a VisorHost, its API and page, and the service manager.
using System.Net;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Transport.Net;
using Skywire.Visor.Api;
using Skywire.Visor.Composition;
using Skywire.Visor.Config;
using Skywire.Visor.Keys;
using Skywire.Visor.Metrics;
using Skywire.Visor.State;
using Skywire.Visor.Storage;
using Skywire.Visor.Updates;
using Skywire.Visor.Wifi;

namespace Skywire.Visor.Hosting;

/// <summary>Runs one visor until SIGTERM or SIGINT.</summary>
internal static class VisorProgram
{
    // Longer than a dial with its candidates (20 s by default, at most 10 min is configurable but no page waits so long).
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(60);

    /// <summary>Throws <see cref="ConfigurationException"/> for what the operator can mend, <see cref="IOException"/> for a taken socket or folder.</summary>
    public static async Task RunAsync(string file, TextWriter error)
    {
        var time = TimeProvider.System;
        var loaded = ConfigLoader.Load(file);
        var config = loaded.Config;
        using var key = KeyFile.Load(loaded.KeyFile);
        using var boxSecret = loaded.BoxSecretFile is { } secretFile ? BoxSecretFile.Load(secretFile) : null;
        using var instance = TakeFolder(loaded);
        using var ring = new LogRing(config.Logging.Lines, time);
        using var console = new ConsoleLog(error, ConsoleLog.IsUnderJournal, time);
        using var loggers = ConsoleLog.Factory(config.Logging.Level, console, ring);
        var log = loggers.CreateLogger<VisorHost>();
        using var notify = SystemdNotify.FromEnvironment();
        using var stop = new StopSignal(log);
        using var http = new HttpClientExchange(new HttpClientExchangeOptions());
        using var downloads = new UpdateHttp();
        var world = new VisorWorld(new TcpNetwork(TcpOptions.Default, time), http, LocalAddresses.Read, SystemEntropy.Instance, time, loggers)
        {
            Box = new SystemBoxWorld(time, loggers),
            Wifi = new WifiWatch(WifiFolder.Default, time),
            Updates = SystemUpdates.Of(loaded.UpdateFolder, downloads, time),
        };
        await using var host = new VisorHost(new VisorHostOptions { Config = config, DataFolder = loaded.DataFolder, BoxSecret = boxSecret, Warnings = loaded.Warnings }, key, world);
        Watch(host, notify, time);
        await using var socket = await ServeAsync(host, ring, config, new HttpServerOptions { Socket = loaded.Socket }, loggers, log);
        await using var page = await TryServePageAsync(host, ring, config, loggers, log);
        try
        {
            await host.StartAsync(stop.Token);
            notify.Ready(host.Status().StateReason);
            await stop.Requested;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            // Told to stop while starting.
        }

        notify.Stopping("closing routes and transports");
    }

    private static InstanceLock TakeFolder(LoadedConfig loaded)
    {
        try
        {
            return InstanceLock.TryTake(loaded.DataFolder, out var holder)
                ?? throw new ConfigurationException(loaded.File, "data_folder", $"{loaded.DataFolder} is in use by another visor{(holder.Length > 0 ? $" (process {holder})" : "")}", "", "stop it, or give each visor a folder and a key of its own");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new ConfigurationException(loaded.File, "data_folder", $"{loaded.DataFolder} cannot be used: {e.Message}", "", "check owner, permissions and free space");
        }
    }

    // The watchdog is fed by the measuring loop: when the visor no longer gets to measure itself, it no longer works.
    private static void Watch(VisorHost host, SystemdNotify notify, TimeProvider time)
    {
        var interval = SystemdNotify.WatchdogInterval(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"), Environment.ProcessId);
        var (shown, fed) = ("", time.GetTimestamp());
        host.Measured += (level, reason) =>
        {
            var status = $"{LinkState.WordOf(level)}: {reason}";
            if (status != shown)
            {
                shown = status;
                notify.Status(status);
            }

            if (interval is { } due && time.GetElapsedTime(fed) >= due - VisorHost.MeasureInterval)
            {
                fed = time.GetTimestamp();
                notify.Watchdog();
            }
        };
    }

    private static async Task<HttpServer> ServeAsync(VisorHost host, LogRing ring, VisorConfig config, HttpServerOptions options, ILoggerFactory loggers, ILogger log)
    {
        var password = config.Api.PasswordHash is { } hash && PasswordHash.TryParse(hash, out var parsed) ? parsed : null;
        var gate = new RequestGate(config.Api.HostNames, password, TimeProvider.System);
        var handler = new ApiHandler(host, ring, gate, config.Api.Metrics ? new MetricsPage(host) : null, TimeProvider.System, RequestLimit);
        var server = await HttpServer.StartAsync(handler, options with { Headers = HttpServerOptions.PageHeaders, MaxBody = 64 * 1024, MaxConnections = 64 }, loggers, CancellationToken.None);
        foreach (var address in server.Addresses)
        {
            Log.ApiListens(log, address);
        }

        return server;
    }

    // A board without its page still does its work, and says so in status and log; without its socket nobody could ask it, so that one is fatal.
    private static async Task<HttpServer?> TryServePageAsync(VisorHost host, LogRing ring, VisorConfig config, ILoggerFactory loggers, ILogger log)
    {
        if (config.Api.Listen is not { } listen)
        {
            return null;
        }

        try
        {
            return await ServeAsync(host, ring, config, new HttpServerOptions { Tcp = [IPEndPoint.Parse(listen)] }, loggers, log);
        }
        catch (IOException e)
        {
            Log.ApiFailed(log, e.Message);
            host.Warn($"no web page at {listen}: {e.Message}; choose another api.listen");
            return null;
        }
    }
}
