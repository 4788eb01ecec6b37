// A visor's transport half on the in-memory network.
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Transport.Stcp;
using Skywire.Transport.Stcpr;

namespace Skywire.Transport.Tests.Support;

internal sealed class TestVisor : IAsyncDisposable
{
    internal const int Port = 7770;

    private TestVisor(SecKey key, string address, StcprNetwork stcpr, TransportManager manager)
    {
        Key = key;
        Address = address;
        Stcpr = stcpr;
        Manager = manager;
        Manager.Changed += (transport, up) => Changes.Add((transport.Id, up));
    }

    internal SecKey Key { get; }

    internal PubKey PublicKey => Key.PublicKey;

    internal string Address { get; }

    internal StcprNetwork Stcpr { get; }

    internal TransportManager Manager { get; }

    internal CollectingHandler Handler { get; } = new();

    internal List<(TransportId Id, bool Up)> Changes { get; } = [];

    internal static TestVisor Create(SimulationRun sim, SecKey key, string address, FakeResolver resolver, FakeDiscovery? discovery = null, TransportManagerOptions? options = null, IReadOnlyDictionary<PubKey, string>? table = null, StcprOptions? stcprOptions = null)
    {
        var host = sim.Network.Host(address);
        var entropy = sim.Entropy.For(address);
        var stcpr = new StcprNetwork((stcprOptions ?? new StcprOptions()) with { Port = Port }, key, host, resolver.For(key.PublicKey, address), () => [address], entropy, sim.Time, NullLoggerFactory.Instance);
        var stcp = new StcpNetwork(new StcpOptions { Listen = new IPEndPoint(IPAddress.Any, 7777), Table = table ?? new Dictionary<PubKey, string>() }, key, host, entropy, sim.Time, NullLoggerFactory.Instance);
        return new TestVisor(key, address, stcpr, new TransportManager(options ?? new TransportManagerOptions(), key, [stcpr, stcp], discovery, entropy, sim.Time, NullLoggerFactory.Instance));
    }

    internal Task StartAsync() => Manager.StartAsync(Handler, CancellationToken.None);

    internal TransportId IdWith(TestVisor other) => TransportId.Of(PublicKey, other.PublicKey, TransportTypes.Stcpr);

    internal Task<ITransport> SaveAsync(TestVisor other, string label = TransportLabels.User) => Manager.SaveAsync(other.PublicKey, TransportTypes.Stcpr, label, CancellationToken.None);

    /// <summary>Sends one packet to the other visor and waits until it is there: the link carries.</summary>
    internal async Task AssertReachesAsync(TestVisor other)
    {
        var before = other.Handler.Packets.Count;
        Xunit.Assert.True(Manager.Find(IdWith(other))!.TrySend(PacketType.Data, 1, "hello"u8));
        await other.Handler.WaitForAsync(before + 1, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => Manager.DisposeAsync();
}
