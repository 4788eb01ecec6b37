// The proxy end to end: program, client, route, server, target.
using System.Text;
using Skywire.Apps.Skysocks;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Apps.Tests.Skysocks;

public sealed class SkysocksTests
{
    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("target.example")]
    [InlineData("2001:db8::7")]
    public void Connect_ByAddressOrName_CarriesBothWaysAndHalfCloses(string host) => Run(1, async (sim, world) =>
    {
        world.StartTarget(80);
        world.StartTarget(80, "2001:db8::7");
        world.StartServer();
        world.StartClient();
        var (code, stream) = await world.SocksAsync(host, 80);
        Assert.Equal(0, code);
        await stream.WriteAsync(new byte[] { 1, 2, 3 }, CancellationToken.None);
        Assert.Equal([254, 253, 252], await ProxyWorld.ReadAsync(stream, 3));
        await stream.CompleteWritesAsync(CancellationToken.None);
        Assert.Equal("end", Encoding.ASCII.GetString(await ProxyWorld.ReadAllAsync(stream)));
        await stream.DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        Assert.Equal(0, world.ServerScope.Counters.Snapshot().ActiveStreams);
        Assert.Equal(0, world.ClientScope.Counters.Snapshot().ActiveStreams);
        Assert.Equal(AppDetail.Running, world.ClientScope.Detail);
        Assert.Equal(6 + 2 + 10, world.ClientScope.Counters.Snapshot().ReceivedBytes);
    });

    [Theory]
    [InlineData("192.0.2.7", 81, 5)] // nobody listens
    [InlineData("nowhere.example", 80, 4)]
    public void Connect_TargetFails_AnswersWhy(string host, int port, byte expected) => Run(2, async (_, world) =>
    {
        world.StartTarget(80);
        world.StartServer();
        world.StartClient();
        var (code, stream) = await world.SocksAsync(host, port);
        Assert.Equal(expected, code);
        Assert.Empty(await ProxyWorld.ReadAllAsync(stream));
        Assert.Equal(1, world.ServerCounters[ProtocolError.DialFailed]);
        Assert.Equal(1, world.ServerScope.Counters.Snapshot().FailedStreams);
        await stream.DisposeAsync();
    });

    [Fact]
    public void Connect_TargetSilent_AnswersWithinTheDialLimit() => Run(3, async (sim, world) =>
    {
        world.StartServer();
        world.StartClient();
        sim.Network.Host(ProxyWorld.TargetHost);
        sim.Network.SetDown(ProxyWorld.TargetHost);
        var started = sim.Time.GetTimestamp();
        var (code, _) = await world.SocksAsync(ProxyWorld.TargetHost, 80);
        Assert.Equal(4, code);
        Assert.InRange(sim.Time.GetElapsedTime(started), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(31));
    });

    [Theory]
    [InlineData("user", "secret", true)]
    [InlineData("secret", "", true)]
    [InlineData("user", "wrong", false)]
    public void Connect_WithPasscode_OnlyWithTheSecret(string user, string password, bool accepted) => Run(4, async (_, world) =>
    {
        world.StartTarget(80);
        world.StartServer(new SkysocksServerOptions { Passcode = "secret" });
        world.StartClient();
        var stream = await world.ConnectAsync();
        await stream.WriteAsync(new byte[] { 5, 2, 0, 2 }, CancellationToken.None);
        Assert.Equal([5, 2], await ProxyWorld.ReadAsync(stream, 2));
        await stream.WriteAsync((byte[])[1, (byte)user.Length, .. Encoding.ASCII.GetBytes(user), (byte)password.Length, .. Encoding.ASCII.GetBytes(password)], CancellationToken.None);
        Assert.Equal([1, (byte)(accepted ? 0 : 1)], await ProxyWorld.ReadAsync(stream, 2));
        if (accepted)
        {
            await stream.WriteAsync(ProxyWorld.RequestFor("target.example", 80), CancellationToken.None);
            Assert.Equal(0, (await ProxyWorld.ReadAsync(stream, 10))[1]);
        }
        else
        {
            Assert.Empty(await ProxyWorld.ReadAllAsync(stream));
            Assert.Equal(1, world.ServerCounters[ProtocolError.BadCredentials]);
        }

        await stream.DisposeAsync();
    });

    [Fact]
    public void Connect_HastyProgram_NothingIsLost() => Run(5, async (_, world) =>
    {
        world.StartTarget(80);
        world.StartServer();
        world.StartClient();
        var stream = await world.ConnectAsync();

        // Greeting, request and data without waiting for any answer.
        await stream.WriteAsync((byte[])[5, 1, 0, .. ProxyWorld.RequestFor("target.example", 80), 9, 8, 7], CancellationToken.None);
        var answer = await ProxyWorld.ReadAsync(stream, 2 + 10 + 3);
        Assert.Equal([246, 247, 248], answer[12..]);
        await stream.DisposeAsync();
    });

    [Fact]
    public void Connect_PrivateTargetWithPublicOnly_NotAllowedByAddressNorByName() => Run(6, async (sim, world) =>
    {
        world.StartTarget(80, "192.168.1.1");
        world.StartTarget(80);
        sim.Network.AddName("inside.example", "192.168.1.1");
        world.StartServer(new SkysocksServerOptions { Egress = EgressPolicy.PublicOnly });
        world.StartClient();
        Assert.Equal(2, (await world.SocksAsync("192.168.1.1", 80)).Code);
        Assert.Equal(2, (await world.SocksAsync("inside.example", 80)).Code);
        Assert.Equal(2, (await world.SocksAsync("127.0.0.1", 80)).Code);
        Assert.Equal(3, world.ServerCounters[ProtocolError.DestinationDenied]);
        Assert.Equal(0, (await world.SocksAsync("target.example", 80)).Code);
    });

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void Connect_FiftyAtOnce_EachGetsItsOwnBytes(int seed) => Run(seed, async (sim, world) =>
    {
        sim.Network.SetLink(ProxyWorld.ClientHost, ProxyWorld.ServerHost, new LinkOptions { Latency = TimeSpan.FromMilliseconds(40), Jitter = TimeSpan.FromMilliseconds(10), BytesPerSecond = 5_000_000 });
        world.StartTarget(80);
        world.StartServer();
        world.StartClient();
        var random = sim.Entropy.For("data");
        var transfers = new List<Task>();
        for (var i = 0; i < 50; i++)
        {
            var data = new byte[random.Next(200_000)];
            random.Fill(data);
            transfers.Add(TransferAsync(world, data));
        }

        await Task.WhenAll(transfers);
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        var traffic = world.ServerScope.Counters.Snapshot();
        Assert.Equal(50, traffic.Streams);
        Assert.Equal(0, traffic.ActiveStreams);
        Assert.Equal(1, traffic.Connects);
        Assert.Equal(0, sim.Network.Host(ProxyWorld.TargetHost).OpenStreams);
    });

    [Fact]
    public void Handshake_ProgramThatSaysNothing_IsLetGoAfterTheLimit() => Run(9, async (sim, world) =>
    {
        world.StartServer();
        world.StartClient();
        var stream = await world.ConnectAsync();
        var started = sim.Time.GetTimestamp();
        await stream.WriteAsync(new byte[] { 5 }, CancellationToken.None);
        Assert.Empty(await ProxyWorld.ReadAllAsync(stream));
        Assert.InRange(sim.Time.GetElapsedTime(started), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(31));
        Assert.Equal(1, world.ServerCounters[ProtocolError.TimedOut]);
        await stream.DisposeAsync();
    });

    [Fact]
    public void Client_ServerComesLate_WaitingProgramIsServed() => Run(10, async (sim, world) =>
    {
        world.StartTarget(80);
        world.StartClient();
        await Task.Delay(TimeSpan.FromMinutes(20), sim.Time);
        Assert.Equal(AppDetail.Reconnecting, world.ClientScope.Detail);

        // Attempts have become rare by now; the program's arrival sets one off.
        var started = sim.Time.GetTimestamp();
        var socks = world.SocksAsync("target.example", 80);
        await Task.Delay(TimeSpan.FromSeconds(3), sim.Time);
        world.StartServer();
        var (code, stream) = await socks;
        Assert.Equal(0, code);
        Assert.InRange(sim.Time.GetElapsedTime(started), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5));
        Assert.Equal(AppDetail.Running, world.ClientScope.Detail);
        await stream.DisposeAsync();
    });

    [Fact]
    public void Client_NoServerAtAll_ProgramFailsAfterTheWaitAndTriesAreSpread() => Run(11, async (sim, world) =>
    {
        world.StartClient();
        var started = sim.Time.GetTimestamp();
        var stream = await world.ConnectAsync();
        await Assert.ThrowsAnyAsync<IOException>(async () => await ProxyWorld.ReadAsync(stream, 1));
        Assert.InRange(sim.Time.GetElapsedTime(started), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(21));
        Assert.InRange(world.ClientRoutes.Dials, 15, 25);
        Assert.Equal(1, world.ClientCounters[ProtocolError.TimedOut]);

        // Nobody waits any more: a minute at most between tries, and not much less.
        var before = world.ClientRoutes.Dials;
        await Task.Delay(TimeSpan.FromMinutes(30), sim.Time);
        Assert.InRange(world.ClientRoutes.Dials - before, 30, 62);
    });

    [Fact]
    public void Client_RouteLost_OpenStreamsFailAndNewOnesWorkAtOnce() => Run(12, async (sim, world) =>
    {
        world.StartTarget(80);
        world.StartServer();
        world.StartClient();
        var (_, first) = await world.SocksAsync("target.example", 80);
        await Task.Delay(TimeSpan.FromMinutes(1), sim.Time);
        sim.Network.ResetStreams(ProxyWorld.ServerHost);
        await Assert.ThrowsAnyAsync<IOException>(async () => await ProxyWorld.ReadAsync(first, 1));
        var started = sim.Time.GetTimestamp();
        var (code, second) = await world.SocksAsync("target.example", 80);
        Assert.Equal(0, code);
        Assert.InRange(sim.Time.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        Assert.Equal(2, world.ClientScope.Counters.Snapshot().Connects);
        await second.DisposeAsync();
    });

    [Fact]
    public void Client_PortWithoutProxyServer_NeverShowsRunning() => Run(13, async (sim, world) =>
    {
        // Something else accepts the route and says nothing.
        var silent = sim.Network.Host(ProxyWorld.ServerHost).Listen(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 10003));
        world.StartClient();
        var accepted = await silent.AcceptAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(10), sim.Time);
        Assert.Equal(AppDetail.Connecting, world.ClientScope.Detail);
        await Task.Delay(TimeSpan.FromSeconds(15), sim.Time);
        Assert.Equal(AppDetail.Reconnecting, world.ClientScope.Detail);
        await accepted.DisposeAsync();
        await silent.DisposeAsync();
    });

    [Fact]
    public void Stop_WithOpenStreams_EndsPromptly() => Run(14, async (sim, world) =>
    {
        world.StartTarget(80);
        var stopServer = world.StartServer();
        var stopClient = world.StartClient();
        var (_, stream) = await world.SocksAsync("target.example", 80);
        var started = sim.Time.GetTimestamp();
        await stopClient();
        await stopServer();
        Assert.InRange(sim.Time.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await Assert.ThrowsAnyAsync<IOException>(async () => await ProxyWorld.ReadAsync(stream, 1));
        Assert.Equal(0, sim.Network.Host(ProxyWorld.ServerHost).OpenStreams);
    });

    [Fact]
    public void Server_MoreClientsThanAllowed_TheNextIsRefused() => Run(15, async (sim, world) =>
    {
        world.StartTarget(80);
        world.StartServer(new SkysocksServerOptions { MaxClients = 1 });
        world.StartClient();
        var (_, stream) = await world.SocksAsync("target.example", 80);
        var second = await world.ClientRoutes.DialAsync(ProxyWorld.ServerKey, 3, new Skywire.Routing.RouteDialOptions(), CancellationToken.None);
        Assert.Equal(0, await second.ReadAsync(new byte[1], CancellationToken.None));
        Assert.Equal(1, world.ServerCounters[ProtocolError.LimitReached]);
        await stream.WriteAsync(new byte[] { 1 }, CancellationToken.None);
        Assert.Equal([254], await ProxyWorld.ReadAsync(stream, 1));
        await stream.DisposeAsync();
        await second.DisposeAsync();
    });

    [Fact]
    public void Pump_SilentPair_EndsAfterTheIdleLimit() => Run(16, async (sim, world) =>
    {
        world.StartTarget(80);
        world.StartServer(new SkysocksServerOptions { Pump = new PumpOptions { IdleLimit = TimeSpan.FromMinutes(10) } });
        world.StartClient();
        var (_, stream) = await world.SocksAsync("target.example", 80);
        await Task.Delay(TimeSpan.FromMinutes(9), sim.Time);
        await stream.WriteAsync(new byte[] { 1 }, CancellationToken.None);
        Assert.Equal([254], await ProxyWorld.ReadAsync(stream, 1));
        await Task.Delay(TimeSpan.FromMinutes(9), sim.Time);
        Assert.Equal(1, world.ServerScope.Counters.Snapshot().ActiveStreams);
        await Assert.ThrowsAnyAsync<IOException>(async () => await ProxyWorld.ReadAsync(stream, 1));
        Assert.Equal(1, world.ServerCounters[ProtocolError.TimedOut]);
    });

    private static async Task TransferAsync(ProxyWorld world, byte[] data)
    {
        var (code, stream) = await world.SocksAsync("target.example", 80);
        Assert.Equal(0, code);
        var reading = ProxyWorld.ReadAllAsync(stream);
        await stream.WriteAsync(data, CancellationToken.None);
        await stream.CompleteWritesAsync(CancellationToken.None);
        var answer = await reading;
        Assert.Equal([.. data.Select(b => (byte)~b), .. "end"u8], answer);
        await stream.DisposeAsync();
    }

    private static void Run(int seed, Func<SimulationRun, ProxyWorld, Task> body) => SimulationRun.Execute(seed, async sim =>
    {
        await using var world = new ProxyWorld(sim);
        await body(sim, world);
    });
}
