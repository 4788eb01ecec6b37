// Transports of the other types: dmsg streams as they are, and TCP by table.
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Testing;
using Skywire.Transport.Dmsg;
using Skywire.Transport.Tests.Support;
using Skywire.Wire;
using Xunit;

namespace Skywire.Transport.Tests;

public sealed class OtherNetworksTests
{
    [Fact]
    public void Dmsg_Transport_SettlesOnTheBareStream() => SimulationRun.Execute(1, async sim =>
    {
        var (a, b) = TestKeys.Ordered(1);
        var servers = new Dictionary<PubKey, FakeDmsg>();
        var (dmsgA, dmsgB) = (new FakeDmsg(a.PublicKey, servers), new FakeDmsg(b.PublicKey, servers));
        var handler = new CollectingHandler();
        await using var left = Create(a, dmsgA, sim);
        await using var right = Create(b, dmsgB, sim);
        await left.StartAsync(new CollectingHandler(), CancellationToken.None);
        await right.StartAsync(handler, CancellationToken.None);
        var transport = await left.SaveAsync(b.PublicKey, TransportTypes.Dmsg, TransportLabels.User, CancellationToken.None);
        Assert.Equal(TransportId.Of(a.PublicKey, b.PublicKey, "dmsg"), transport.Id);
        Assert.True(transport.TrySend(PacketType.Data, 4, "over dmsg"u8));
        await handler.WaitForAsync(1, CancellationToken.None);

        var e = await Assert.ThrowsAsync<ProtocolException>(() => left.SaveAsync(TestKeys.Seeded(9).PublicKey, TransportTypes.Dmsg, TransportLabels.User, CancellationToken.None));
        Assert.Equal(ProtocolError.EntryNotFound, e.Error);
    });

    [Fact]
    public void Dmsg_PortTakenAtStart_IsTriedAgain() => SimulationRun.Execute(2, async sim =>
    {
        var (a, b) = TestKeys.Ordered(2);
        var servers = new Dictionary<PubKey, FakeDmsg>();
        var (dmsgA, dmsgB) = (new FakeDmsg(a.PublicKey, servers), new FakeDmsg(b.PublicKey, servers) { IsTaken = true });
        await using var left = Create(a, dmsgA, sim);
        await using var right = Create(b, dmsgB, sim);
        await left.StartAsync(new CollectingHandler(), CancellationToken.None);
        await right.StartAsync(new CollectingHandler(), CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(30), sim.Time);
        Assert.InRange(right.Causes[ProtocolError.PortTaken], 2, 6);
        dmsgB.IsTaken = false;
        await Task.Delay(TimeSpan.FromMinutes(2), sim.Time);
        Assert.True((await left.SaveAsync(b.PublicKey, TransportTypes.Dmsg, TransportLabels.User, CancellationToken.None)).IsUp);
    });

    [Fact]
    public void Stcp_PeerInTheTable_IsReached() => SimulationRun.Execute(3, async sim =>
    {
        var (a, b) = TestKeys.Ordered(3);
        var resolver = new FakeResolver();
        await using var left = TestVisor.Create(sim, a, "10.0.0.1", resolver, table: new Dictionary<PubKey, string> { [b.PublicKey] = "10.0.0.2:7777" });
        await using var right = TestVisor.Create(sim, b, "10.0.0.2", resolver);
        await left.StartAsync();
        await right.StartAsync();
        var transport = await left.Manager.SaveAsync(b.PublicKey, TransportTypes.Stcp, TransportLabels.User, CancellationToken.None);
        Assert.True(transport.TrySend(PacketType.Data, 4, "over stcp"u8));
        await right.Handler.WaitForAsync(1, CancellationToken.None);
        Assert.Same(transport, left.Manager.FindByRemote(b.PublicKey));
        Assert.Equal("10.0.0.2:7777", left.Manager.Snapshot()[0].RemoteAddress);
    });

    [Fact]
    public void Stcpr_PortTaken_TakesTheNext() => SimulationRun.Execute(4, async sim =>
    {
        var host = sim.Network.Host("203.0.113.1");
        await using var other = host.Listen(new IPEndPoint(IPAddress.Any, TestVisor.Port));
        await using var visor = TestVisor.Create(sim, TestKeys.Seeded(4), "203.0.113.1", new FakeResolver());
        await visor.StartAsync();
        Assert.Equal(TestVisor.Port + 1, visor.Stcpr.LocalEndPoint!.Port);
        Assert.Equal(1, visor.Stcpr.Causes[ProtocolError.PortTaken]);
    });

    private static TransportManager Create(SecKey key, FakeDmsg dmsg, SimulationRun sim)
        => new(new TransportManagerOptions(), key, [new DmsgNetwork(dmsg)], null, sim.Entropy.For(key.PublicKey.ToShortString()), sim.Time, NullLoggerFactory.Instance);

    /// <summary>A dmsg network without servers: streams are handed over.</summary>
    private sealed class FakeDmsg : IDmsg
    {
        private readonly Dictionary<PubKey, FakeDmsg> _all;
        private readonly Channel<IDmsgStream> _incoming = Channel.CreateUnbounded<IDmsgStream>();

        internal FakeDmsg(PubKey key, Dictionary<PubKey, FakeDmsg> all)
        {
            LocalKey = key;
            _all = all;
            all.Add(key, this);
        }

        internal bool IsTaken { get; set; }

        public PubKey LocalKey { get; }

        public bool IsReady => true;

        public Task<IDmsgStream> DialAsync(PubKey remote, ushort port, CancellationToken cancellationToken)
        {
            Assert.Equal(DmsgPorts.Transport, port);
            if (!_all.TryGetValue(remote, out var other))
            {
                return Task.FromException<IDmsgStream>(new ProtocolException(ProtocolError.EntryNotFound, "no entry"));
            }

            var (here, there) = MemoryNetwork.CreatePair(1);
            other._incoming.Writer.TryWrite(new Stream(there, LocalKey));
            return Task.FromResult<IDmsgStream>(new Stream(here, remote));
        }

        public IDmsgListener Listen(ushort port) => IsTaken ? throw new ProtocolException(ProtocolError.PortTaken, "dmsg port 45 is taken") : new Listener(_incoming, port);

        private sealed class Listener(Channel<IDmsgStream> incoming, ushort port) : IDmsgListener
        {
            public ushort Port => port;

            public async ValueTask<IDmsgStream> AcceptAsync(CancellationToken cancellationToken)
            {
                try
                {
                    return await incoming.Reader.ReadAsync(cancellationToken);
                }
                catch (ChannelClosedException)
                {
                    throw new ObjectDisposedException(nameof(Listener));
                }
            }

            public ValueTask DisposeAsync()
            {
                incoming.Writer.TryComplete();
                return ValueTask.CompletedTask;
            }
        }

        private sealed class Stream(IByteStream inner, PubKey remote) : IDmsgStream
        {
            public PubKey RemoteKey => remote;

            public ushort RemotePort => DmsgPorts.Transport;

            public ushort LocalPort => 49153;

            public EndPoint? RemoteEndPoint => null;

            public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReadAsync(buffer, cancellationToken);

            public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => inner.WriteAsync(data, cancellationToken);

            public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => inner.CompleteWritesAsync(cancellationToken);

            public void Abort() => inner.Abort();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
