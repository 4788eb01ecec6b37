// The configured apps, run by the app host and shown as the local API shows them. A new kind is a case here and a line in AppKinds.
using System.Net;
using Microsoft.Extensions.Logging;
using Skywire.Apps;
using Skywire.Apps.Skysocks;
using Skywire.Crypto;
using Skywire.Routing;
using Skywire.Visor.Api;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Composition;
using Skywire.Visor.Config;
using Skywire.Wire;

namespace Skywire.Visor.Apps;

/// <summary>All apps of one visor. Thread-safe.</summary>
internal sealed class VisorApps : IAsyncDisposable
{
    private readonly IReadOnlyList<AppConfig> _configured;
    private readonly AppHost _host;

    /// <summary>Registers the apps; starts none.</summary>
    public VisorApps(IReadOnlyList<AppConfig> configured, IRouteNetwork routes, RouteDialOptions dial, VisorWorld world)
    {
        _configured = configured;
        _host = new AppHost(world.Time, world.Entropy, world.Loggers.CreateLogger<AppHost>(), AppHostOptions.Default);
        foreach (var app in configured)
        {
            _host.Register(new AppDefinition
            {
                Name = app.Name,
                Port = PortOf(app),
                AutoStart = app.AutoStart,
                Create = _ => Make(app, routes, dial, world, world.Loggers.CreateLogger(AppLogCategory.Of(app.Name)), Causes),
            });
        }
    }

    /// <summary>Causes counted by all apps.</summary>
    public CauseCounters Causes { get; } = new("apps");

    /// <summary>Starts those that start with the visor.</summary>
    public void StartAutomatic() => _host.StartAll();

    /// <summary>All apps as they are now.</summary>
    public IReadOnlyList<AppView> Snapshot() => [.. _configured.Select(View)];

    /// <summary>Starts an app; one that runs is left as it is. Null when there is none of this name.</summary>
    public AppView? Start(string name)
    {
        if (Find(name) is not { } app)
        {
            return null;
        }

        _host.Start(name);
        return View(app);
    }

    /// <summary>Stops an app and waits for its end. Null when there is none of this name.</summary>
    public async Task<AppView?> StopAsync(string name, CancellationToken cancellationToken)
    {
        if (Find(name) is not { } app)
        {
            return null;
        }

        await _host.StopAsync(name).Stay().WaitAsync(cancellationToken);
        return View(app);
    }

    /// <summary>Stops all.</summary>
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private AppConfig? Find(string name) => _configured.FirstOrDefault(a => a.Name == name);

    private static ushort PortOf(AppConfig app) => app.Port != 0 ? (ushort)app.Port : AppKinds.Find(app.Kind)!.Port;

    private AppView View(AppConfig app)
    {
        var state = _host.Find(app.Name)!;
        var status = state.Status switch
        {
            AppStatus.Running => "running",
            AppStatus.Errored => "failed",
            AppStatus.Starting => "starting",
            _ => "stopped",
        };
        return new AppView(app.Name, app.Kind, state.Port, state.AutoStart, status, state.Status == AppStatus.Errored ? state.Error : state.Detail, (int)state.Counters.ActiveStreams);
    }

    private static IApp Make(AppConfig app, IRouteNetwork routes, RouteDialOptions dial, VisorWorld world, ILogger log, CauseCounters causes) => app.Kind switch
    {
        AppKinds.Skysocks => new SkysocksServer(routes, world.Network, world.Time, log, causes, ServerOptions(app)),
        AppKinds.SkysocksClient => new SkysocksClient(routes, world.Network, world.Time, world.Entropy, log, causes, ClientOptions(app, dial)),
        _ => throw new InvalidOperationException($"apps of kind \"{app.Kind}\" are not part of this build"),
    };

    private static SkysocksServerOptions ServerOptions(AppConfig app) => new()
    {
        Port = PortOf(app),
        Passcode = app.Settings.GetValueOrDefault("passcode"),
        Egress = app.Settings.GetValueOrDefault("egress") == AppKinds.EgressPublic ? EgressPolicy.PublicOnly : EgressPolicy.AllowAll,
    };

    private static SkysocksClientOptions ClientOptions(AppConfig app, RouteDialOptions dial)
    {
        // An app may be started by hand before it is set up; then it says what is missing.
        var server = app.Settings.TryGetValue("server", out var key) ? PubKey.Parse(key) : throw new InvalidOperationException("settings.server is missing: the public key of the visor whose proxy is used");
        var options = new SkysocksClientOptions { Server = server, Dial = dial };
        options = app.Settings.TryGetValue("listen", out var listen) ? options with { Listen = IPEndPoint.Parse(listen) } : options;
        return app.Settings.TryGetValue("server_port", out var port) ? options with { ServerPort = ushort.Parse(port, System.Globalization.CultureInfo.InvariantCulture) } : options;
    }
}
