// Starts, watches and stops the apps that run inside the visor.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;

namespace Skywire.Apps;

/// <summary>How the host treats apps.</summary>
public sealed record AppHostOptions
{
    /// <summary>The defaults.</summary>
    public static AppHostOptions Default { get; } = new();

    /// <summary>First wait before a restart: long enough not to spin, short enough not to be noticed.</summary>
    public TimeSpan FirstRestart { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a restart: what failed for an hour may work again any minute.</summary>
    public TimeSpan LongestRestart { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A run that lasted this long was a good one: the waits start over.</summary>
    public TimeSpan GoodRun { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an app may take to stop before it is reported as stuck; it covers the drains and close handshakes of its streams.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>The apps of one visor. Each runs on its own: none can stall or end another. Thread-safe.</summary>
public sealed class AppHost : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, AppInstance> _apps = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly IEntropy _entropy;
    private readonly ILogger _logger;
    private readonly AppHostOptions _options;

    /// <summary>An empty host.</summary>
    public AppHost(TimeProvider time, IEntropy entropy, ILogger logger, AppHostOptions options)
    {
        _time = time;
        _entropy = entropy;
        _logger = logger;
        _options = options;
    }

    /// <summary>Told of every change of an app's status, on the thread that caused it; must return at once.</summary>
    public event Action<AppState>? Changed;

    /// <summary>All apps in the order they were registered.</summary>
    public IReadOnlyList<AppState> List()
    {
        lock (_lock)
        {
            return [.. _apps.Values.Select(app => app.State)];
        }
    }

    /// <summary>One app; null when there is none of that name.</summary>
    public AppState? Find(string name) => TryGet(name)?.State;

    /// <summary>Adds an app, stopped. A name already there throws <see cref="ArgumentException"/>.</summary>
    public void Register(AppDefinition definition)
    {
        var app = new AppInstance(definition, _options, _time, _entropy, _logger, OnChanged);
        lock (_lock)
        {
            _apps.Add(definition.Name, app);
        }
    }

    /// <summary>Stops an app and forgets it. False when there is none of that name.</summary>
    public async Task<bool> UnregisterAsync(string name)
    {
        if (TryGet(name) is not { } app)
        {
            return false;
        }

        if (await app.StopAsync())
        {
            app.Dispose();
        }

        lock (_lock)
        {
            _apps.Remove(name);
        }

        return true;
    }

    /// <summary>Starts every app marked so.</summary>
    public void StartAll()
    {
        foreach (var app in All())
        {
            if (app.Definition.AutoStart)
            {
                app.Start();
            }
        }
    }

    /// <summary>Starts an app; does nothing when it runs. Throws <see cref="KeyNotFoundException"/>, or <see cref="InvalidOperationException"/> when the last run is stuck in its stop.</summary>
    public void Start(string name) => Get(name).Start();

    /// <summary>Stops an app. False when it did not end within <see cref="AppHostOptions.StopLimit"/>. Throws <see cref="KeyNotFoundException"/>.</summary>
    public Task<bool> StopAsync(string name) => Get(name).StopAsync();

    /// <summary>Stops an app and starts it again.</summary>
    public async Task RestartAsync(string name)
    {
        var app = Get(name);
        await app.StopAsync();
        app.Start();
    }

    /// <summary>Recent lines of an app, oldest first. Throws <see cref="KeyNotFoundException"/>.</summary>
    public IReadOnlyList<AppLogLine> Logs(string name, DateTimeOffset since) => Get(name).Log.Since(since);

    /// <summary>Stops all apps.</summary>
    public async ValueTask DisposeAsync()
    {
        var apps = All();
        var stopped = await Task.WhenAll(apps.Select(app => app.StopAsync()));
        for (var i = 0; i < apps.Length; i++)
        {
            // A stuck one still looks at its token.
            if (stopped[i])
            {
                apps[i].Dispose();
            }
        }
    }

    private AppInstance[] All()
    {
        lock (_lock)
        {
            return [.. _apps.Values];
        }
    }

    private AppInstance? TryGet(string name)
    {
        lock (_lock)
        {
            return _apps.GetValueOrDefault(name);
        }
    }

    private AppInstance Get(string name) => TryGet(name) ?? throw new KeyNotFoundException($"there is no app named '{name}'");

    private void OnChanged(AppState state) => Changed?.Invoke(state);
}
