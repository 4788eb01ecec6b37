// A client visor, a server visor and targets, on virtual time.
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Apps.Skysocks;
using Skywire.Crypto;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Apps.Tests.Skysocks;

/// <summary>Runs both ends of the proxy in a simulation; programs connect to the client at <see cref="ClientHost"/>.</summary>
internal sealed class ProxyWorld : IAsyncDisposable
{
    public const string ClientHost = "10.0.0.1";
    public const string ServerHost = "10.0.0.2";
    public const string TargetHost = "192.0.2.7";

    public static readonly PubKey ClientKey = PubKey.Parse("02e6645e1c408793ddeb5e9ec081ca3075ad2be30ca922cd537299e56337432a28");
    public static readonly PubKey ServerKey = PubKey.Parse("032664cf6c7d841ee6cc8513d5c797a3836a64ec7d88b88f118637f0921ca0b1d6");

    private static readonly Dictionary<PubKey, string> Hosts = new() { [ClientKey] = ClientHost, [ServerKey] = ServerHost };

    private readonly SimulationRun _sim;
    private readonly List<(CancellationTokenSource Stop, Task Run)> _runs = [];

    public ProxyWorld(SimulationRun sim)
    {
        _sim = sim;
        ClientRoutes = new FakeRouteNetwork(sim.Network, ClientKey, Hosts);
        sim.Network.AddName("target.example", TargetHost);
    }

    public FakeRouteNetwork ClientRoutes { get; }

    public CauseCounters ServerCounters { get; } = new("skysocks");

    public CauseCounters ClientCounters { get; } = new("skysocks-client");

    public AppScope ServerScope { get; } = new("skysocks", NullLogger.Instance);

    public AppScope ClientScope { get; } = new("skysocks-client", NullLogger.Instance);

    public Func<Task> StartServer(SkysocksServerOptions? options = null)
    {
        var routes = new FakeRouteNetwork(_sim.Network, ServerKey, Hosts);
        return Start(new SkysocksServer(routes, _sim.Network.Host(ServerHost), _sim.Time, NullLogger.Instance, ServerCounters, options ?? SkysocksServerOptions.Default), ServerScope);
    }

    public Func<Task> StartClient(SkysocksClientOptions? options = null) => Start(
        new SkysocksClient(ClientRoutes, _sim.Network.Host(ClientHost), _sim.Time, _sim.Entropy.For("client"), NullLogger.Instance, ClientCounters, options ?? ClientOptions),
        ClientScope);

    public static SkysocksClientOptions ClientOptions => new() { Server = ServerKey };

    /// <summary>A target that sends back what it gets, inverted, until the end.</summary>
    public void StartTarget(int port, string host = TargetHost)
    {
        var listener = _sim.Network.Host(host).Listen(new IPEndPoint(IPAddress.Any, port));
        var stop = new CancellationTokenSource();
        _runs.Add((stop, ServeTargetAsync(listener, stop.Token)));
    }

    public ValueTask<IByteStream> ConnectAsync() => _sim.Network.Host(ClientHost).ConnectAsync("127.0.0.1:1080", CancellationToken.None);

    /// <summary>Connects through the proxy without credentials; returns the answer's code and the stream.</summary>
    public async Task<(byte Code, IByteStream Stream)> SocksAsync(string host, int port)
    {
        var stream = await ConnectAsync();
        await stream.WriteAsync(new byte[] { 5, 1, 0 }, CancellationToken.None);
        Assert.Equal([5, 0], await ReadAsync(stream, 2));
        await stream.WriteAsync(RequestFor(host, port), CancellationToken.None);
        var reply = await ReadAsync(stream, 10);
        Assert.Equal(5, reply[0]);
        return (reply[1], stream);
    }

    public static byte[] RequestFor(string host, int port) => IPAddress.TryParse(host, out var address)
        ? [5, 1, 0, (byte)(address.GetAddressBytes().Length == 4 ? 1 : 4), .. address.GetAddressBytes(), (byte)(port >> 8), (byte)port]
        : [5, 1, 0, 3, (byte)host.Length, .. Encoding.ASCII.GetBytes(host), (byte)(port >> 8), (byte)port];

    public static async Task<byte[]> ReadAsync(IByteStream stream, int count)
    {
        var buffer = new byte[count];
        var filled = 0;
        while (filled < count)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(filled), CancellationToken.None);
            Assert.True(read > 0, $"the stream ended after {filled} of {count} bytes");
            filled += read;
        }

        return buffer;
    }

    public static async Task<byte[]> ReadAllAsync(IByteStream stream)
    {
        using var all = new MemoryStream();
        var buffer = new byte[10_000];
        int count;
        while ((count = await stream.ReadAsync(buffer, CancellationToken.None)) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        // The proxy before its targets, which wait for their connections to end.
        foreach (var (stop, run) in Enumerable.Reverse(_runs))
        {
            await EndAsync(stop, run);
        }
    }

    private Func<Task> Start(IApp app, AppScope scope)
    {
        var stop = new CancellationTokenSource();
        var run = app.RunAsync(scope, stop.Token);
        _runs.Add((stop, run));
        return () => EndAsync(stop, run);
    }

    private static async Task EndAsync(CancellationTokenSource stop, Task run)
    {
        stop.Cancel();
        try
        {
            await run;
        }
        catch (OperationCanceledException)
        {
            // Stopped, as asked.
        }
    }

    private static async Task ServeTargetAsync(IStreamListener listener, CancellationToken stop)
    {
        var streams = new List<Task>();
        try
        {
            while (true)
            {
                streams.Add(EchoAsync(await listener.AcceptAsync(stop)));
            }
        }
        finally
        {
            await listener.DisposeAsync();
            await Task.WhenAll(streams);
        }
    }

    private static async Task EchoAsync(IByteStream stream)
    {
        var buffer = new byte[20_000];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, CancellationToken.None)) > 0)
            {
                for (var i = 0; i < count; i++)
                {
                    buffer[i] = (byte)~buffer[i];
                }

                await stream.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None);
            }

            // Only a half-close gets this far with the other half still open.
            await stream.WriteAsync("end"u8.ToArray(), CancellationToken.None);
        }
        catch (IOException)
        {
            // Reset by the proxy.
        }

        await stream.DisposeAsync();
    }
}
