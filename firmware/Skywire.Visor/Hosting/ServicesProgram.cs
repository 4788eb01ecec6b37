// `skywire services run`: real sockets, clock and signals around UnifiedServices.
using System.Net;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Services;
using Skywire.Services.Hosting;
using Skywire.Transport.Net;
using Skywire.Visor.Config;
using Skywire.Visor.Keys;

namespace Skywire.Visor.Hosting;

/// <summary>Runs services of the network until SIGTERM or SIGINT.</summary>
internal static class ServicesProgram
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(12);

    /// <summary>Throws <see cref="ConfigurationException"/> for what the operator can mend, <see cref="IOException"/> for a taken port.</summary>
    public static async Task RunAsync(ServicesFile file, string source, string folder, TextWriter error)
    {
        var time = TimeProvider.System;
        using var console = new ConsoleLog(error, ConsoleLog.IsUnderJournal, time);
        using var loggers = ConsoleLog.Factory(file.LogLevel, console);
        var log = loggers.CreateLogger<UnifiedServices>();
        using var notify = SystemdNotify.FromEnvironment();
        using var stop = new StopSignal(log);
        using var keys = new Keychain(folder);
        using var http = new HttpClientExchange(new HttpClientExchangeOptions());
        var options = Options(file, source, folder, keys);
        await using var services = new UnifiedServices(options, new TcpNetwork(TcpOptions.Default, time), http, SystemEntropy.Instance, time, loggers);
        var hosts = await KestrelServiceHost.StartAllAsync(services, options, KestrelServiceHostOptions.Default with { TrustForwardedHeaders = file.BehindProxy }, time, loggers, CancellationToken.None);
        await services.StartAsync();
        notify.Ready(string.Join(", ", options.Services.Select(ServicesSchema.NameOf)));
        await stop.Requested;
        notify.Stopping("closing");

        // HTTP last: the dmsg server and the setup node take their entries out of the discovery on the way.
        using var limit = new CancellationTokenSource(StopLimit);
        await services.DisposeAsync().AsTask().WaitAsync(limit.Token);
        foreach (var host in hosts.Values)
        {
            await host.DisposeAsync();
        }
    }

    private static ServicesOptions Options(ServicesFile file, string source, string folder, Keychain keys)
    {
        var kinds = file.Only.Count == 0 ? ServicesOptions.All : file.Only.Select(n => ServicesSchema.KindOf(n)!.Value).ToHashSet();
        var ports = file.Ports.ToDictionary(p => ServicesSchema.KindOf(p.Key)!.Value, p => p.Value);
        var bind = IPAddress.Parse(file.Bind);
        var usual = new ServicesOptions();
        var dmsgPort = Port(ServiceKind.DmsgServer);
        var options = new ServicesOptions
        {
            Services = kinds,
            BindAddress = bind,
            DmsgDiscoveryPort = Port(ServiceKind.DmsgDiscovery),
            TransportDiscoveryPort = Port(ServiceKind.TransportDiscovery),
            RouteFinderPort = Port(ServiceKind.RouteFinder),
            AddressResolverPort = Port(ServiceKind.AddressResolver),
            UptimeTrackerPort = Port(ServiceKind.UptimeTracker),
            ServiceDiscoveryPort = Port(ServiceKind.ServiceDiscovery),
            DmsgServerPort = dmsgPort,
            StorePath = file.Memory ? null : Path.Combine(folder, "services.db"),
            AllowPrivate = file.AllowPrivate,
            Monitors = file.Monitors,
            Version = BuildInfo.Version,
            DmsgServerKey = kinds.Contains(ServiceKind.DmsgServer) ? keys.Get("dmsg-server.key") : null,
            SetupNodeKey = kinds.Contains(ServiceKind.SetupNode) ? keys.Get("setup-node.key") : null,
            PublicDmsgAddress = file.DmsgAddress ?? (bind.Equals(IPAddress.Any) || bind.Equals(IPAddress.IPv6Any) ? "" : new IPEndPoint(bind, dmsgPort).ToString()),
            DmsgDiscoveryUrl = file.DmsgDiscovery,
        };
        if (kinds.Contains(ServiceKind.DmsgServer) && options.PublicDmsgAddress.Length == 0)
        {
            throw new ConfigurationException(source, "dmsg_address", "is missing, and the bind address is no address that clients could dial", "host:port", $"for example --dmsg-address 203.0.113.1:{dmsgPort}");
        }

        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException(source, "", e.Message, "", "");
        }

        return options;

        int Port(ServiceKind kind) => ports.TryGetValue(kind, out var port) ? port : usual.PortOf(kind);
    }

    /// <summary>The services' keys, made when they are missing.</summary>
    private sealed class Keychain(string folder) : IDisposable
    {
        private readonly List<SecKey> _keys = [];

        public SecKey Get(string name)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                KeyFile.Create(path, SystemEntropy.Instance);
            }

            var key = KeyFile.Load(path);
            _keys.Add(key);
            return key;
        }

        public void Dispose()
        {
            foreach (var key in _keys)
            {
                key.Dispose();
            }
        }
    }
}
