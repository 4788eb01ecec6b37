using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Routing.Tests.Kit;
using Skywire.Testing;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing.Tests;

/// <summary>The packet path of one router alone: source and next transport only record.</summary>
public sealed class RouterPacketsTests : TestBase
{
    private readonly VirtualTime _time = new();
    private readonly SecKey _key = SecKey.Generate(new SeededEntropy(1));
    private readonly PubKey _setup = SecKey.Generate(new SeededEntropy(2)).PublicKey;
    private readonly TestTransports _transports = new();
    private readonly RecordingTransport _source;
    private readonly RecordingTransport _next;
    private readonly Router _router;

    public RouterPacketsTests()
    {
        _source = new(new TransportId(1), SecKey.Generate(new SeededEntropy(3)).PublicKey);
        _next = new(new TransportId(2), SecKey.Generate(new SeededEntropy(4)).PublicKey);
        _transports.Add(_source);
        _transports.Add(_next);
        _router = new Router(RouterOptions.Default, _key, _transports, new SeededEntropy(5), _time, NullLoggerFactory.Instance);
    }

    [Fact]
    public void TryHandle_IntermediaryRule_ChangesTheRouteIdAndNothingElse()
    {
        var id = AddMiddle(next: 0x01020304);
        foreach (var type in new byte[] { 0, 2, 3, 4, 5, 6, 7, 17, 200 })
        {
            var packet = Packet((PacketType)type, id, Io.Pattern(20, type));
            var expected = (byte[])packet.Clone();
            PacketHeader.Restamp(expected, 0x01020304);
            Assert.True(Handle(packet));
            Assert.Equal(expected, _next.Packets[^1]);
        }

        Assert.Equal(9, _next.Count);
        Assert.Empty(_router.Causes.Snapshot());
    }

    [Fact]
    public void TryHandle_Close_IsForwardedAndRemovesTheRule()
    {
        var id = AddMiddle(next: 9);
        Assert.True(Handle(Packet(PacketType.Close, id, [0])));
        Assert.Equal(1, _next.Count);
        Assert.Null(_router.Table.Find(id));
        Assert.True(Handle(Packet(PacketType.Data, id, [1])));
        Assert.Equal(1, _router.Causes[ProtocolError.RuleNotFound]);
    }

    [Fact]
    public void TryHandle_Relay_AllocatesNothing()
    {
        var id = AddMiddle(next: 9);
        _next.KeepsPackets = false;
        var packet = Packet(PacketType.Data, id, new byte[4063]);
        var header = PacketHeader.Read(packet);
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(_router.TryHandle(_source, header, packet));
            PacketHeader.Restamp(packet, id);
        }

        var relayed = _next.Count;
        var runs = 0;
        var allocated = AllocationMeasurement.LeastBytes(() =>
        {
            runs++;
            for (var i = 0; i < 10_000; i++)
            {
                _router.TryHandle(_source, header, packet);
                PacketHeader.Restamp(packet, id);
            }
        });
        Assert.Equal(0, allocated);
        Assert.Equal(runs * 10_000, _next.Count - relayed);
    }

    [Theory]
    [InlineData(PacketType.Close, 1)]
    [InlineData(PacketType.Handshake, 1)]
    [InlineData(PacketType.Ping, 16)]
    [InlineData(PacketType.Pong, 16)]
    public void TryHandle_PayloadTooShortForItsType_IsNeitherRelayedNorDelivered(PacketType type, int shortest)
    {
        var id = AddMiddle(next: 9);
        for (var size = 0; size < shortest; size++)
        {
            Assert.True(Handle(Packet(type, id, new byte[size])));
        }

        Assert.Equal(0, _next.Count);
        Assert.Equal(shortest, _router.Causes[ProtocolError.ShortPacket]);
        Assert.True(Handle(Packet(type, id, new byte[shortest])));
        Assert.Equal(1, _next.Count);
    }

    [Fact]
    public void TryHandle_OtherTransportThanTheDirectionUses_IsDropped()
    {
        var id = AddMiddle(next: 9);
        Assert.True(Handle(Packet(PacketType.Handshake, id, [1])));
        var stranger = new RecordingTransport(new TransportId(3), _setup);
        Assert.True(_router.TryHandle(stranger, new PacketHeader(PacketType.Close, id, 1), Packet(PacketType.Close, id, [0])));
        Assert.Equal(1, _router.Causes[ProtocolError.WrongTransport]);
        Assert.NotNull(_router.Table.Find(id));
        Assert.Equal(1, _next.Count);
    }

    [Fact]
    public void TryHandle_ExpiredRule_IsDropped_ActivityRefreshes()
    {
        var id = AddMiddle(next: 9);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(29));
            Assert.True(Handle(Packet(PacketType.KeepAlive, id, [])));
        }

        Assert.Equal(5, _next.Count);
        _time.Advance(TimeSpan.FromSeconds(30.1));
        Assert.True(Handle(Packet(PacketType.KeepAlive, id, [])));
        Assert.Equal(5, _next.Count);
        Assert.Equal(1, _router.Causes[ProtocolError.RuleExpired]);
        Assert.Equal(1, _router.Sweep());
    }

    [Fact]
    public void TryHandle_NextTransportGone_DropsAndFindsItWhenItIsBack()
    {
        var id = AddMiddle(next: 9);
        _next.IsUp = false;
        _transports.Remove(_next);
        Assert.True(Handle(Packet(PacketType.Data, id, [1])));
        Assert.Equal(1, _router.Causes[ProtocolError.NextTransportGone]);
        var again = new RecordingTransport(_next.Id, _next.RemoteKey);
        _transports.Add(again);
        Assert.True(Handle(Packet(PacketType.Data, id, [2])));
        Assert.Equal(1, again.Count);
    }

    [Fact]
    public async Task TryHandle_NextTransportFull_NothingHappensUntilThereIsRoom()
    {
        var id = AddMiddle(next: 9);
        _next.IsFull = true;
        var packet = Packet(PacketType.Data, id, [1, 2, 3]);
        var original = (byte[])packet.Clone();
        Assert.False(Handle(packet));
        Assert.Equal(original, packet);
        var wait = _router.WaitForRoomAsync(_source, Deadline).AsTask();
        Assert.False(wait.IsCompleted);
        _next.IsFull = false;
        _next.Room.SetResult();
        await wait;
        Assert.True(Handle(packet));
        Assert.Equal(1, _next.Count);
        Assert.Empty(_router.Causes.Snapshot());
    }

    [Fact]
    public async Task TryHandle_NextTransportFullForTooLong_DropsFromThenOnAtOnceUntilItTakesAgain()
    {
        var id = AddMiddle(next: 9);
        _next.IsFull = true;
        var packet = Packet(PacketType.Data, id, [1]);
        Assert.False(Handle(packet));
        var wait = _router.WaitForRoomAsync(_source, Deadline).AsTask();
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await wait;
        for (var i = 0; i < 5; i++)
        {
            Assert.True(Handle(Packet(PacketType.Data, id, [1])));
        }

        Assert.Equal(5, _router.Causes[ProtocolError.NextTransportFull]);
        _next.IsFull = false;
        Assert.True(Handle(Packet(PacketType.Data, id, [1])));
        _next.IsFull = true;
        Assert.False(Handle(Packet(PacketType.Data, id, [1])));
    }

    [Fact]
    public void TryHandle_RandomPackets_NeverThrowsAndCountsEachDrop()
    {
        var ids = Enumerable.Range(0, 8).Select(_ => AddMiddle(next: 9)).ToArray();
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++)
        {
            var payload = new byte[random.Next(40)];
            random.NextBytes(payload);
            var id = random.Next(4) == 0 ? (uint)random.NextInt64(uint.MaxValue) : ids[random.Next(ids.Length)];
            Assert.True(Handle(Packet((PacketType)random.Next(256), id, payload)));
        }

        var dropped = _router.Causes.Snapshot().Sum(pair => pair.Value);
        Assert.Equal(20_000, dropped + _next.Count);
    }

    [Fact]
    public void AddIntermediaryRules_EachDefect_IsRefusedWhole()
    {
        var ids = _router.ReserveIds(_setup, 2)!;
        byte[] Good(uint id) => RoutingRule.Intermediary(TimeSpan.FromSeconds(30), id, 9, _next.Id).ToBytes();
        Assert.NotEmpty(_router.AddIntermediaryRules(_setup, [Good(ids[0]), [1, 2, 3]]));
        Assert.NotEmpty(_router.AddIntermediaryRules(_setup, [Good(ids[0]), Good(ids[1] + 1)]));
        Assert.NotEmpty(_router.AddIntermediaryRules(_setup, [Good(ids[0]), Good(ids[0])]));
        Assert.NotEmpty(_router.AddIntermediaryRules(_source.RemoteKey, [Good(ids[0])]));
        ids = _router.ReserveIds(_setup, 2)!;
        Assert.Contains("does not exist", _router.AddIntermediaryRules(_setup, [RoutingRule.Intermediary(TimeSpan.FromSeconds(30), ids[0], 9, new TransportId(77)).ToBytes()]), StringComparison.Ordinal);
        Assert.NotEmpty(_router.AddIntermediaryRules(_setup, [RoutingRule.Consume(TimeSpan.FromSeconds(30), ids[0], new RouteDescriptor(_setup, _key.PublicKey, 1, 2)).ToBytes()]));
        Assert.Equal(0, _router.Table.Count);
        var other = _router.ReserveIds(_setup, 2)!;
        Assert.Empty(_router.AddIntermediaryRules(_setup, [Good(other[0]), Good(other[1])]));
        Assert.Equal(2, _router.Table.Count);
    }

    private bool Handle(byte[] packet) => _router.TryHandle(_source, PacketHeader.Read(packet), packet);

    private static byte[] Packet(PacketType type, uint id, byte[] payload)
    {
        var packet = new byte[PacketHeader.Size + payload.Length];
        new PacketHeader(type, id, (ushort)payload.Length).Write(packet);
        payload.CopyTo(packet, PacketHeader.Size);
        return packet;
    }

    private uint AddMiddle(uint next)
    {
        var id = _router.ReserveIds(_setup, 1)![0];
        Assert.Equal("", _router.AddIntermediaryRules(_setup, [RoutingRule.Intermediary(TimeSpan.FromSeconds(30), id, next, _next.Id).ToBytes()]));
        return id;
    }
}
