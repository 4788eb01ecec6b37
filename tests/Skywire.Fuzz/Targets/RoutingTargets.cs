// Rules, set-up calls, and packets at a router with rules and a route group in place.
using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Fuzz.Engine;
using Skywire.Routing;
using Skywire.Routing.Setup;
using Skywire.Transport;
using Skywire.Wire.Gob;

namespace Skywire.Fuzz.Targets;

internal static class RoutingTargets
{
    private const ushort Port = 100;
    private const int Ids = 3;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("routing-rule", Rule),
        new("setup-gob", SetupArguments) { AllocationBase = 8 << 20 },
        new("router", RouterPackets) { AllocationBase = 16 << 20, AllocationPerByte = 1024, MaxInput = 32 * 1024, QuickShare = 0.5 },
    ];

    private static int Rule(ReadOnlySpan<byte> input)
    {
        if (!RoutingRule.TryParse(input, out var rule))
        {
            return 0;
        }

        if (!RoutingRule.TryParse(rule!.ToBytes(), out var again) || again!.Type != rule.Type || again.KeyRouteId != rule.KeyRouteId || again.Descriptor != rule.Descriptor || again.NextTransportId != rule.NextTransportId)
        {
            throw new ContractException("a rule does not survive writing and reading");
        }

        return 1 + (int)rule.Type;
    }

    // What a visor and a setup node read of each other's calls.
    private static int SetupArguments(ReadOnlySpan<byte> input)
    {
        var decoder = new GobDecoder();
        var outcome = 0;
        for (var rest = input; decoder.TryDecode(rest, out var value, out var consumed) is var status && (status == OperationStatus.Done || (status == OperationStatus.InvalidData && consumed > 0)); rest = rest[consumed..])
        {
            outcome |= SetupGob.TryRead(value, out BidirectionalRoute? route) ? 1 : 0;
            outcome |= SetupGob.TryRead(value, out EdgeRules? _) ? 2 : 0;
            outcome |= SetupGob.TryRead(value, out byte[][]? _) ? 4 : 0;
            outcome |= SetupGob.TryRead(value, 2, out _) ? 8 : 0;
            outcome |= route is not null && RulePlan.Validate(route) is null ? 16 : 0;
        }

        return outcome;
    }

    // Packets with their route IDs brought near the ones in use: an intermediary rule, and the two of a group in its handshake.
    private static int RouterPackets(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        return OnScheduler.Run(async time =>
        {
            var table = new OneTransport();
            await using var router = new Router(RouterOptions.Default, FuzzKeys.Own, table, FuzzKeys.Entropy("own"), time, NullLoggerFactory.Instance);
            await router.StartAsync();
            await using var listener = router.Listen(Port);
            var peer = FuzzKeys.Peer.PublicKey;
            var ids = router.ReserveIds(peer, Ids) ?? throw new ContractException("no route IDs");
            var fromPeer = new RouteDescriptor(peer, FuzzKeys.Own.PublicKey, 49152, Port);
            var keepAlive = TimeSpan.FromMinutes(2);
            Expect("", router.AddIntermediaryRules(peer, [RoutingRule.Intermediary(keepAlive, ids[0], 7, table.Id).ToBytes()]));
            Expect("", router.AddEdgeRules(peer, new EdgeRules(
                fromPeer,
                RoutingRule.Forward(keepAlive, ids[1], 8, table.Id, fromPeer.Inverted).ToBytes(),
                RoutingRule.Consume(keepAlive, ids[2], fromPeer).ToBytes())));
            await Feed(router, table, bytes, ids);
            await Task.Delay(TimeSpan.FromSeconds(1), time);
            return table.SentTypes + (router.Causes.Snapshot().Aggregate(0, (sum, cause) => (sum * 31) + (int)cause.Key) << 12);
        });
    }

    private static void Expect(string expected, string actual)
    {
        if (actual != expected)
        {
            throw new ContractException("proper rules were refused: " + actual);
        }
    }

    private static async Task Feed(Router router, OneTransport table, byte[] bytes, uint[] ids)
    {
        for (var at = 0; at + PacketHeader.Size <= bytes.Length;)
        {
            var header = PacketHeader.Read(bytes.AsSpan(at));
            var size = Math.Min(header.PayloadSize, bytes.Length - at - PacketHeader.Size);
            var routeId = header.RouteId % (Ids + 1) is var index && index < Ids ? ids[index] : header.RouteId;
            header = new PacketHeader(header.Type, Math.Max(1, routeId), (ushort)size);
            var packet = bytes.AsSpan(at, header.PacketSize).ToArray();
            header.Write(packet);
            while (!router.TryHandle(table.Transport, header, packet))
            {
                await router.WaitForRoomAsync(table.Transport, default);
            }

            // Let the route group work between packets.
            await Task.Yield();
            at += header.PacketSize;
        }
    }

    private sealed class OneTransport : ITransportTable
    {
        public OneTransport()
        {
            Id = TransportId.Of(FuzzKeys.Own.PublicKey, FuzzKeys.Peer.PublicKey, "stcpr");
            Transport = new Sink(this);
        }

        // The link in these cases never changes.
        public event Action<ITransport, bool>? Changed
        {
            add { }
            remove { }
        }

        public TransportId Id { get; }

        public ITransport Transport { get; }

        public int SentTypes { get; private set; }

        public bool HasAny => true;

        public ITransport? Find(TransportId id) => id == Id ? Transport : null;

        public ITransport? FindByRemote(PubKey remote) => remote == FuzzKeys.Peer.PublicKey ? Transport : null;

        private sealed class Sink(OneTransport table) : ITransport
        {
            public TransportId Id => table.Id;

            public PubKey RemoteKey => FuzzKeys.Peer.PublicKey;

            public string Type => "stcpr";

            public bool IsUp => true;

            public bool TrySend(PacketType type, uint routeId, ReadOnlySpan<byte> payload)
            {
                table.SentTypes |= 1 << Math.Min((int)type, 11);
                return true;
            }

            public bool TrySendPacket(ReadOnlySpan<byte> packet)
            {
                if (packet.Length < PacketHeader.Size || BinaryPrimitives.ReadUInt32BigEndian(packet[1..]) != 7)
                {
                    throw new ContractException("a forwarded packet was not re-stamped");
                }

                return TrySend(PacketHeader.Read(packet).Type, 7, default);
            }

            public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
        }
    }
}
