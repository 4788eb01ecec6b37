// A small dmsg network on one simulated run: discovery in memory, servers, clients.
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Testing;

namespace Skywire.Dmsg.Tests;

internal sealed class DmsgLab(SimulationRun sim) : IAsyncDisposable
{
    public const int ServerPort = 8081;

    private readonly List<IAsyncDisposable> _parts = [];

    public MemoryDmsgDiscovery Discovery { get; } = new();

    /// <summary>Counts and can refuse what clients and servers ask the discovery.</summary>
    public CountingDiscovery Counted => field ??= new CountingDiscovery(Discovery);

    public SecKey Key(string name) => SecKey.Generate(sim.Entropy.For("key of " + name));

    public SecKey ServerKey(int n) => _serverKeys.TryGetValue(n, out var key) ? key : _serverKeys[n] = Key("server " + n);

    private readonly Dictionary<int, SecKey> _serverKeys = [];

    public static string ServerAddress(int n) => $"10.0.1.{n}";

    public async Task<DmsgServer> ServerAsync(int n, Func<DmsgServerOptions, DmsgServerOptions>? change = null)
    {
        var host = sim.Network.Host(ServerAddress(n));
        var options = new DmsgServerOptions { PublicAddress = $"{ServerAddress(n)}:{ServerPort}" };
        options = change?.Invoke(options) ?? options;
        var server = new DmsgServer(
            options, ServerKey(n), host.Listen(new IPEndPoint(IPAddress.Any, ServerPort)), Counted, sim.Entropy.For("server " + n), sim.Time, NullLoggerFactory.Instance);
        _parts.Add(server);
        server.Start();
        await server.WaitRegisteredAsync(CancellationToken.None);
        return server;
    }

    public DmsgClient Client(string name, int host, DmsgClientOptions? options = null, IDmsgDiscovery? discovery = null, SecKey? key = null)
    {
        var client = new DmsgClient(
            options ?? new DmsgClientOptions(),
            key ?? Key(name),
            sim.Network.Host($"10.0.0.{host}"),
            discovery ?? Counted,
            sim.Entropy.For("client " + name),
            sim.Time,
            NullLoggerFactory.Instance);
        _parts.Add(client);
        client.Start();
        return client;
    }

    public async Task<DmsgClient> ReadyClientAsync(string name, int host, DmsgClientOptions? options = null)
    {
        var client = Client(name, host, options);
        await client.WaitReadyAsync(CancellationToken.None);
        return client;
    }

    /// <summary>Waits in virtual time until something holds; fails after a virtual minute.</summary>
    public async Task UntilAsync(Func<bool> condition, string what, int seconds = 60)
    {
        for (var i = 0; i < seconds * 10; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), sim.Time);
        }

        Assert.Fail("never: " + what);
    }

    public async ValueTask DisposeAsync()
    {
        _parts.Reverse();
        foreach (var part in _parts)
        {
            await part.DisposeAsync();
        }
    }
}

/// <summary>Passes on and counts.</summary>
internal sealed class CountingDiscovery(IDmsgDiscovery next) : IDmsgDiscovery
{
    public Dictionary<PubKey, int> Posts { get; } = [];

    public int Gets { get; private set; }

    public bool IsDown { get; set; }

    public Task<DmsgEntry?> GetEntryAsync(PubKey key, CancellationToken cancellationToken)
    {
        Gets++;
        return IsDown ? Task.FromException<DmsgEntry?>(Down()) : next.GetEntryAsync(key, cancellationToken);
    }

    public Task<IReadOnlyList<DmsgEntry>> GetAvailableServersAsync(CancellationToken cancellationToken) =>
        IsDown ? Task.FromException<IReadOnlyList<DmsgEntry>>(Down()) : next.GetAvailableServersAsync(cancellationToken);

    public Task<IReadOnlyList<DmsgEntry>> GetAllServersAsync(CancellationToken cancellationToken) =>
        IsDown ? Task.FromException<IReadOnlyList<DmsgEntry>>(Down()) : next.GetAllServersAsync(cancellationToken);

    public Task PostEntryAsync(DmsgEntry entry, CancellationToken cancellationToken)
    {
        Posts[entry.Static] = Posts.GetValueOrDefault(entry.Static) + 1;
        return IsDown ? Task.FromException(Down()) : next.PostEntryAsync(entry, cancellationToken);
    }

    public Task DeleteEntryAsync(DmsgEntry entry, CancellationToken cancellationToken) =>
        IsDown ? Task.FromException(Down()) : next.DeleteEntryAsync(entry, cancellationToken);

    private static ServiceException Down() => new("dmsg discovery", 0, "no answer");
}
