using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Testing;
using Xunit;

namespace Skywire.Services.Tests;

public sealed class UnifiedServicesTests : TestBase
{
    private static readonly SecKey ServerKey = Bench.Key(701);
    private static readonly SecKey SetupKey = Bench.Key(702);

    [Fact]
    public void Everything_InOneSimulation_DmsgWorksAndTheSetupNodeIsReached() => SimulationRun.Execute(7, async sim =>
    {
        var host = sim.Network.Host("10.0.0.1");
        await using var services = new UnifiedServices(Closed, host, null, sim.Entropy, sim.Time, NullLoggerFactory.Instance);
        await services.StartAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5), sim.Time);
        await services.WaitReadyAsync(limit.Token);
        Assert.True(services.IsSetupNodeReady);

        var exchange = new InProcessExchange(services.ByPort, IPAddress.Parse("10.0.0.2"));
        var discovery = new DmsgDiscoveryClient(exchange, "http://10.0.0.1:9090", ServiceClientOptions.Default, sim.Time);
        Assert.Equal(ServerKey.PublicKey, Assert.Single(await discovery.GetAvailableServersAsync(limit.Token)).Static);
        var key = Bench.Key(703);
        await using (var client = new DmsgClient(new DmsgClientOptions { MinSessions = 1 }, key, sim.Network.Host("10.0.0.2"), discovery, sim.Entropy, sim.Time, NullLoggerFactory.Instance))
        {
            client.Start();
            await client.WaitReadyAsync(limit.Token);
            await using var stream = await client.DialAsync(SetupKey.PublicKey, DmsgPorts.SetupNode, limit.Token);
            Assert.Equal(SetupKey.PublicKey, stream.RemoteKey);
            Assert.NotNull(await discovery.GetEntryAsync(key.PublicKey, limit.Token));
        }

        Assert.Null(await discovery.GetEntryAsync(key.PublicKey, limit.Token));
    });

    [Fact]
    public void Sweeping_ExpiredRecords_GoesOnByItself() => SimulationRun.Execute(8, async sim =>
    {
        await using var services = new UnifiedServices(HttpOnly, sim.Network.Host("10.0.0.1"), null, sim.Entropy, sim.Time, NullLoggerFactory.Instance);
        await services.StartAsync();
        var client = new TransportDiscoveryClient(new InProcessExchange(services.ByPort, IPAddress.Loopback), "http://x:9091", SetupKey, ServiceClientOptions.Default, sim.Time);
        await client.ReregisterAsync([TransportEntry.Create(SetupKey.PublicKey, ServerKey.PublicKey, TransportTypes.Stcpr, TransportLabels.User)], CancellationToken.None);
        Assert.Single(await client.GetAllAsync(CancellationToken.None));
        await Task.Delay(TimeSpan.FromMinutes(6), sim.Time, CancellationToken.None);
        Assert.Empty(await client.GetAllAsync(CancellationToken.None));
    });

    [Fact]
    public async Task StoreFile_Restarted_RemembersAndRefusesToShareWithStrangers()
    {
        var folder = Directory.CreateTempSubdirectory("services").FullName;
        try
        {
            var options = HttpOnly with { StorePath = Path.Combine(folder, "services.db") };
            var entry = new DmsgEntry { Static = SetupKey.PublicKey, DelegatedServers = [] }.Sign(SetupKey);
            await using (var services = Create(options))
            {
                await Discovery(services).PostEntryAsync(entry, Deadline);
            }

            await using (var services = Create(options))
            {
                Assert.Equal(entry, await Discovery(services).GetEntryAsync(SetupKey.PublicKey, Deadline));
            }

            await File.WriteAllTextAsync(options.StorePath, "not a database", Deadline);
            Assert.ThrowsAny<IOException>(() => Create(options));
            Assert.Equal("not a database", await File.ReadAllTextAsync(options.StorePath, Deadline));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task RouteFinder_InAnotherProcess_ReadsTheSameFile()
    {
        var folder = Directory.CreateTempSubdirectory("services").FullName;
        try
        {
            var options = HttpOnly with { StorePath = Path.Combine(folder, "services.db") };
            await using var discovery = Create(options with { Services = new HashSet<ServiceKind> { ServiceKind.TransportDiscovery } });
            await using var finder = Create(options with { Services = new HashSet<ServiceKind> { ServiceKind.RouteFinder } });
            Assert.Equal([9091], discovery.ByPort.Keys);
            var entry = TransportEntry.Create(SetupKey.PublicKey, ServerKey.PublicKey, TransportTypes.Stcpr, TransportLabels.User);
            await new TransportDiscoveryClient(new InProcessExchange(discovery.ByPort, IPAddress.Loopback), "http://x:9091", SetupKey, ServiceClientOptions.Default, TimeProvider.System).ReregisterAsync([entry], Deadline);
            var found = await new RouteFinderClient(new InProcessExchange(finder.ByPort, IPAddress.Loopback), "http://x:9092", ServiceClientOptions.Default, TimeProvider.System).FindRoutesAsync(SetupKey.PublicKey, ServerKey.PublicKey, 1, 50, Deadline);
            Assert.Equal(entry.Id, found!.Forward[0][0].TransportId);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Validate_BadOptions_NamesThePropertyAndTheRemedy()
    {
        var cases = new (ServicesOptions Options, string Words)[]
        {
            (Closed with { Services = new HashSet<ServiceKind>() }, nameof(ServicesOptions.Services)),
            (Closed with { RouteFinderPort = 9090 }, "port 9090"),
            (Closed with { Services = new HashSet<ServiceKind> { ServiceKind.RouteFinder } }, nameof(ServicesOptions.StorePath)),
            (Closed with { DmsgServerKey = null }, nameof(ServicesOptions.DmsgServerKey)),
            (Closed with { PublicDmsgAddress = "host" }, nameof(ServicesOptions.PublicDmsgAddress)),
            (Closed with { SetupNodeKey = null }, nameof(ServicesOptions.SetupNodeKey)),
            (Closed with { Services = new HashSet<ServiceKind> { ServiceKind.SetupNode } }, nameof(ServicesOptions.DmsgDiscoveryUrl)),
        };
        foreach (var (options, words) in cases)
        {
            Assert.Contains(words, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
        }

        Closed.Validate();
    }

    private static ServicesOptions Closed { get; } = new()
    {
        AllowPrivate = true,
        DmsgServerKey = ServerKey,
        SetupNodeKey = SetupKey,
        PublicDmsgAddress = "10.0.0.1:8081",
    };

    private static ServicesOptions HttpOnly { get; } = new()
    {
        Services = ServicesOptions.All.Where(k => k is not (ServiceKind.DmsgServer or ServiceKind.SetupNode)).ToHashSet(),
        AllowPrivate = true,
    };

    private static UnifiedServices Create(ServicesOptions options)
    {
        var entropy = new SimulationEntropy(1);
        return new UnifiedServices(options, new MemoryNetwork(TimeProvider.System, entropy), null, entropy, TimeProvider.System, NullLoggerFactory.Instance);
    }

    private static DmsgDiscoveryClient Discovery(UnifiedServices services) =>
        new(new InProcessExchange(services.ByPort, IPAddress.Loopback), "http://x:9090", ServiceClientOptions.Default, TimeProvider.System);
}
