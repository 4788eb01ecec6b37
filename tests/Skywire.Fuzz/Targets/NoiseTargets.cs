// Handshake messages, records, and the framed stream.
using System.Buffers.Binary;
using Skywire.Dmsg;
using Skywire.Fuzz.Engine;
using Skywire.Noise;
using Skywire.Wire;

namespace Skywire.Fuzz.Targets;

internal static class NoiseTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("noise-message", Message) { QuickShare = 0.5, MaxInput = 5000 },
        new("noise-record", Record),
        new("noise-stream", Stream) { AllocationBase = 1 << 20, MaxInput = 32 * 1024 },
        new("noise-handshake-stream", HandshakeStream) { AllocationBase = 256 * 1024, QuickShare = 0.5 },
    ];

    /// <summary>Which read of which handshake: pattern, role, messages that went well before.</summary>
    public static IReadOnlyList<(HandshakePattern Pattern, bool Initiator, int Before)> Reads { get; } =
    [
        (HandshakePattern.XK, false, 0),
        (HandshakePattern.XK, true, 1),
        (HandshakePattern.XK, false, 2),
        (HandshakePattern.KK, false, 0),
        (HandshakePattern.KK, true, 1),
    ];

    /// <summary>Both ends after <paramref name="before"/> messages.</summary>
    public static (HandshakeState Own, HandshakeState Peer) After(HandshakePattern pattern, bool initiator, int before)
    {
        var own = FuzzKeys.Handshake(pattern, own: true, initiator);
        var peer = FuzzKeys.Handshake(pattern, own: false, !initiator);
        Span<byte> message = stackalloc byte[128];
        for (var i = 0; i < before; i++)
        {
            var (writer, reader) = own.IsWriteTurn ? (own, peer) : (peer, own);
            var n = writer.WriteMessage([], message);
            if (!reader.TryReadMessage(message[..n]))
            {
                throw new ContractException("a proper handshake message was refused");
            }
        }

        return (own, peer);
    }

    // First byte: which read; then the message.
    private static int Message(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        var at = input[0] % Reads.Count;
        var (pattern, initiator, before) = Reads[at];
        var (own, peer) = After(pattern, initiator, before);
        using (peer)
        using (own)
        {
            var ok = own.TryReadMessage(input[1..]);
            if (!ok && own.TryReadMessage(input[1..]))
            {
                throw new ContractException("a failed handshake went on");
            }

            return (at * 2) + (ok ? 1 : 0);
        }
    }

    // First byte: the rule; then records with a length of two bytes each.
    private static int Record(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        using var opener = new RecordOpener(FuzzKeys.Record, (ReceiveRule)(input[0] & 1));
        var seen = 0;
        var destination = new byte[input.Length];
        for (var rest = input[1..]; rest.Length >= 2;)
        {
            var size = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(rest), rest.Length - 2);
            var status = opener.Open(rest.Slice(2, size), destination, out var written);
            if ((status == RecordStatus.Done) != (written == size - RecordSealer.Overhead) && !(status != RecordStatus.Done && written == 0))
            {
                throw new ContractException($"{status} with {written} bytes of a record of {size}");
            }

            seen |= 1 << (int)status;
            rest = rest[(2 + size)..];
        }

        return (seen * 2) + (input[0] & 1);
    }

    private static int Stream(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        return OnScheduler.Run(async _ =>
        {
            await using var stream = new NoiseStream(OnScheduler.Peer(bytes), FuzzKeys.Peer.PublicKey, new RecordSealer(FuzzKeys.Record), new RecordOpener(FuzzKeys.Record, ReceiveRule.Strict));
            var buffer = new byte[5000];
            var total = 0;
            try
            {
                for (int n; (n = await stream.ReadAsync(buffer, default)) > 0;)
                {
                    total += n;
                }

                return Math.Min(total, 3) * 64;
            }
            catch (ProtocolException e)
            {
                return (int)e.Error + (total > 0 ? 1000 : 0);
            }
        });
    }

    private static int HandshakeStream(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        return OnScheduler.Run(async time =>
        {
            var pattern = bytes.Length > 0 && (bytes[0] & 1) == 1 ? HandshakePattern.XK : HandshakePattern.KK;
            var peer = OnScheduler.Peer(bytes.Length > 0 ? bytes[1..] : bytes);
            try
            {
                await using var stream = await NoiseStream.HandshakeAsync(peer, FuzzKeys.Handshake(pattern, own: true, initiator: false), TimeSpan.FromSeconds(5), time, default);
                return (int)pattern + 1;
            }
            catch (ProtocolException e)
            {
                return ((int)e.Error * 2) + (int)pattern + 10;
            }
        });
    }
}
