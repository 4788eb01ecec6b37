// Starts, watches and stops the configured apps; one that fails is tried again and never takes another down.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Visor.Api;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Config;

namespace Skywire.Visor.Apps;

/// <summary>All apps of one visor. Thread-safe.</summary>
internal sealed class AppSupervisor : IAsyncDisposable
{
    // An app fails at once for reasons that stay a while (a port is taken, a peer is away): short at first, then once a minute.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // An app that ran so long starts its pauses anew.
    private static readonly TimeSpan StableAfter = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Entry[] _entries;
    private readonly Func<AppConfig, IVisorApp> _make;
    private readonly IEntropy _entropy;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private bool _disposed;

    /// <summary>Knows the apps; starts none. <paramref name="make"/> makes one run of an app.</summary>
    public AppSupervisor(IEnumerable<AppConfig> apps, Func<AppConfig, IVisorApp> make, IEntropy entropy, TimeProvider time, ILoggerFactory loggers)
    {
        _entries = [.. apps.Select(a => new Entry(a))];
        _make = make;
        _entropy = entropy;
        _time = time;
        _loggers = loggers;
    }

    /// <summary>Starts those that start with the visor.</summary>
    public void StartAutomatic()
    {
        foreach (var entry in _entries.Where(e => e.Config.AutoStart))
        {
            Start(entry.Config.Name);
        }
    }

    /// <summary>All apps as they are now.</summary>
    public IReadOnlyList<AppView> Snapshot()
    {
        lock (_lock)
        {
            return [.. _entries.Select(View)];
        }
    }

    /// <summary>Starts an app; one that runs is left as it is. Null when there is none of this name.</summary>
    public AppView? Start(string name)
    {
        lock (_lock)
        {
            if (Array.Find(_entries, e => e.Config.Name == name) is not { } entry)
            {
                return null;
            }

            ObjectDisposedException.ThrowIf(_disposed, this);
            if (entry.Stop is null)
            {
                entry.Stop = new CancellationTokenSource();
                (entry.Status, entry.Detail) = ("starting", "");
                // A restart waits for the end of the run before, so that ports are free again.
                entry.Running = RunAsync(entry, entry.Running, entry.Stop.Token);
            }

            return View(entry);
        }
    }

    /// <summary>Stops an app and waits for its end. Null when there is none of this name.</summary>
    public async Task<AppView?> StopAsync(string name, CancellationToken cancellationToken)
    {
        Entry? entry;
        Task running;
        lock (_lock)
        {
            entry = Array.Find(_entries, e => e.Config.Name == name);
            if (entry is null)
            {
                return null;
            }

            entry.Stop?.Cancel();
            entry.Stop = null;
            running = entry.Running;
        }

        await running.WaitAsync(cancellationToken);
        lock (_lock)
        {
            return View(entry);
        }
    }

    /// <summary>Stops all.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
        {
            _disposed = true;
            foreach (var entry in _entries)
            {
                entry.Stop?.Cancel();
                entry.Stop = null;
            }

            running = [.. _entries.Select(e => e.Running)];
        }

        await Task.WhenAll(running);
    }

    private static AppView View(Entry entry)
    {
        var kind = AppKinds.Find(entry.Config.Kind)!;
        return new AppView(entry.Config.Name, kind.Name, entry.Config.Port == 0 ? kind.Port : entry.Config.Port, entry.Config.AutoStart, entry.Status, entry.Detail, entry.App?.Connections ?? 0);
    }

    private async Task RunAsync(Entry entry, Task before, CancellationToken stop)
    {
        await Task.Yield();
        await before;
        var log = _loggers.CreateLogger(AppLogCategory.Of(entry.Config.Name));
        var pause = FirstPause;
        while (!stop.IsCancellationRequested)
        {
            var since = _time.GetTimestamp();
            var reason = await RunOnceAsync(entry, log, stop);
            if (stop.IsCancellationRequested)
            {
                break;
            }

            pause = _time.GetElapsedTime(since) >= StableAfter ? FirstPause : pause;
            var spread = Spread(pause);
            Log.AppFailed(log, entry.Config.Name, reason, (int)Math.Ceiling(spread.TotalSeconds));
            Set(entry, null, "failed", reason);
            try
            {
                await Task.Delay(spread, _time, stop);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        Log.AppStopped(log, entry.Config.Name);
        Set(entry, null, "stopped", "");
    }

    private async Task<string> RunOnceAsync(Entry entry, ILogger log, CancellationToken stop)
    {
        try
        {
            await using var app = _make(entry.Config);
            Set(entry, app, "running", "");
            Log.AppRuns(log, entry.Config.Name);
            await app.RunAsync(stop);
            return "ended by itself";
        }
        catch (Exception e)
        {
            // Whatever an app throws is its own end only; the reason is shown with the app.
            return e.Message;
        }
    }

    private void Set(Entry entry, IVisorApp? app, string status, string detail)
    {
        lock (_lock)
        {
            (entry.App, entry.Status, entry.Detail) = (app, status, detail);
        }
    }

    // Three quarters to five quarters, so that the apps of a box of boards do not knock in step.
    private TimeSpan Spread(TimeSpan pause)
    {
        Span<byte> random = stackalloc byte[1];
        _entropy.Fill(random);
        return pause * (0.75 + (random[0] / 510.0));
    }

    private sealed class Entry(AppConfig config)
    {
        public AppConfig Config => config;

        public string Status { get; set; } = "stopped";

        public string Detail { get; set; } = "";

        public IVisorApp? App { get; set; }

        public CancellationTokenSource? Stop { get; set; }

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
