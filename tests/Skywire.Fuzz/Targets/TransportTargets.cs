// Handshakes of a link, settlement, and the packets of a settled transport.
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Discovery;
using Skywire.Fuzz.Engine;
using Skywire.Transport;
using Skywire.Transport.Handshake;
using Skywire.Transport.Links;
using Skywire.Transport.Settlement;
using Skywire.Wire;

namespace Skywire.Fuzz.Targets;

internal static class TransportTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("link-frames", Frames),
        new("link-handshake", Link) { AllocationBase = 256 * 1024, QuickShare = 0.5 },
        new("settlement", Settlement),
        new("transport-entry", Entry) { MaxInput = 32 * 1024 },
        new("transport-packets", Packets) { AllocationBase = 2 << 20, MaxInput = 128 * 1024 },
    ];

    private static int Frames(ReadOnlySpan<byte> input)
    {
        var outcome = NetworkHandshakeFrames.TryParseNonce(input, out var nonce) ? 1 : 0;
        if (outcome == 1 && nonce.Length != NetworkHandshakeFrames.NonceSize)
        {
            throw new ContractException("a nonce of another size");
        }

        if (NetworkHandshakeFrames.TryParseProof(input, out var proof))
        {
            outcome |= 2;
            if (!NetworkHandshakeFrames.TryParseProof(NetworkHandshakeFrames.WriteProof(proof!), out var again) || again!.Source != proof!.Source || again.Signature != proof.Signature)
            {
                throw new ContractException("a proof does not survive writing and reading");
            }
        }

        return outcome | (NetworkHandshakeFrames.TryParseReply(input, out var accepted, out _) ? accepted ? 8 : 4 : 0);
    }

    // Lines of the peer, as a dialler (first byte odd) or a listener meets them.
    private static int Link(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        return OnScheduler.Run(async time =>
        {
            var dials = bytes.Length > 0 && (bytes[0] & 1) == 1;
            var peer = OnScheduler.Peer(bytes.Length > 0 ? bytes[1..] : bytes);
            var handshake = dials
                ? NetworkHandshake.Initiate(FuzzKeys.Own, 49152, new SkywireAddress(FuzzKeys.Peer.PublicKey, 45))
                : NetworkHandshake.Respond(port => port == 45, FuzzKeys.Entropy("own"));
            try
            {
                await LinkHandshake.RunFramesAsync(peer, handshake, TimeSpan.FromSeconds(10), time, default);
                return dials ? 1 : 2;
            }
            catch (ProtocolException e)
            {
                return ((int)e.Error * 2) + (dials ? 1 : 0) + 100;
            }
        });
    }

    private static int Settlement(ReadOnlySpan<byte> input)
    {
        var reply = SettlementHandshake.Judge(input, FuzzKeys.Own, FuzzKeys.Peer.PublicKey, "stcpr", out var agreed);
        if ((reply == SettlementReply.Accepted) != (agreed is not null))
        {
            throw new ContractException($"{reply} with {(agreed is null ? "no" : "an")} entry");
        }

        return (int)reply;
    }

    private static int Entry(ReadOnlySpan<byte> input)
    {
        var outcome = 0;
        if (TransportEntryJson.Parse(input) is { } entry)
        {
            outcome |= 1;
            if (TransportEntryJson.Parse(entry.ToJson()) is not { } again || again.Id != entry.Id || again.Edge0 != entry.Edge0 || again.Type != entry.Type)
            {
                throw new ContractException("an entry does not survive writing and reading");
            }
        }

        if (TransportEntryJson.ParseSigned(input) is { } signed)
        {
            outcome |= 2;
            if (TransportEntryJson.ParseSigned(signed.ToJson()) is null)
            {
                throw new ContractException("a signed entry does not survive writing and reading");
            }
        }

        var copy = input.ToArray();
        return outcome | (TransportEntryJson.ParseList(copy, 1 << 20) is null ? 0 : 4) | (TransportEntryJson.ParseSignedList(copy, 1 << 20) is null ? 0 : 8);
    }

    // A settled transport reads packets until the stream ends; the handler refuses some once, as a full route would.
    private static int Packets(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        return OnScheduler.Run(async time =>
        {
            var causes = new CauseCounters("fuzz");
            var handler = new Handler();
            var entry = TransportEntry.Create(FuzzKeys.Own.PublicKey, FuzzKeys.Peer.PublicKey, "stcpr", "user");
            await using var transport = new ManagedTransport(
                entry, new TransportLink(OnScheduler.Peer(bytes), FuzzKeys.Peer.PublicKey), true, handler, 256 * 1024, TimeSpan.FromMinutes(2), time, causes, NullLogger.Instance);
            transport.Start();
            await transport.Completion;
            if (handler.Wrong is { } wrong)
            {
                throw new ContractException(wrong);
            }

            return handler.Types + ((int)transport.CloseCause << 16) + (causes.Snapshot().Count << 24);
        });
    }

    private sealed class Handler : IPacketHandler
    {
        private int _seen;
        private bool _refused;

        public int Types { get; private set; }

        public string? Wrong { get; private set; }

        public bool TryHandle(ITransport source, PacketHeader header, Span<byte> packet)
        {
            if (packet.Length != header.PacketSize || header.RouteId == 0)
            {
                Wrong = $"a packet of {packet.Length} bytes for a header of {header.PacketSize}, route {header.RouteId}";
            }

            if (!_refused && ++_seen % 5 == 0)
            {
                return !(_refused = true);
            }

            _refused = false;
            Types |= 1 << Math.Min((int)header.Type, 15);
            return true;
        }

        public async ValueTask WaitForRoomAsync(ITransport source, CancellationToken cancellationToken) => await Task.Yield();
    }
}
