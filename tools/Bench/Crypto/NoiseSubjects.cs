// What the primitives are for: a whole Noise KK handshake, both sides, and records as they run over a transport.
using System.Buffers.Binary;
using System.Security.Cryptography;
using Skywire.Bench.Measuring;
using Skywire.Crypto;
using Skywire.Noise;

namespace Skywire.Bench.Crypto;

/// <summary>Handshake and records, end to end through the firmware's Noise library.</summary>
internal static class NoiseSubjects
{
    /// <summary>Table names.</summary>
    public const string Handshake = "Noise KK", Records = "Noise records";

    /// <summary>Column names.</summary>
    public const string BothSides = "both sides", SealAndOpen = "1400 B seal + open";

    private const int RecordSize = 1400;

    /// <summary>All subjects.</summary>
    public static IEnumerable<Subject> Create()
    {
        yield return HandshakeSubject();
        yield return RecordSubject();
    }

    private static Subject HandshakeSubject()
    {
        var initiatorKey = SecKey.Generate(SystemEntropy.Instance);
        var responderKey = SecKey.Generate(SystemEntropy.Instance);
        var message = new byte[HandshakeState.MaxMessage];
        var agreed = false;
        void Once()
        {
            using var initiator = new HandshakeState(HandshakePattern.KK, true, initiatorKey, responderKey.PublicKey, SystemEntropy.Instance);
            using var responder = new HandshakeState(HandshakePattern.KK, false, responderKey, initiatorKey.PublicKey, SystemEntropy.Instance);
            agreed = responder.TryReadMessage(message.AsSpan(0, initiator.WriteMessage([], message)))
                && initiator.TryReadMessage(message.AsSpan(0, responder.WriteMessage([], message)))
                && initiator.HandshakeHash.SequenceEqual(responder.HandshakeHash);
        }

        return new Subject(Handshake, BothSides, 0, TimeSpan.FromMilliseconds(2), [Contender(Measuring.Contender.Ours, Once, () => agreed ? null : "the two sides disagree")]);
    }

    // The peer does the same framing with .NET's class below: counter in front, tag behind, fresh counters on both sides.
    private static Subject RecordSubject()
    {
        var key = new byte[AeadKey.KeySize];
        var plaintext = new byte[RecordSize];
        new Random(1).NextBytes(plaintext);
        var record = new byte[RecordSize + RecordSealer.Overhead];
        var opened = new byte[RecordSize];
        string? Check() => opened.AsSpan().SequenceEqual(plaintext) ? null : "other bytes";

        var sealer = new RecordSealer(key);
        var opener = new RecordOpener(key, ReceiveRule.Strict);
        var contenders = new List<Contender>
        {
            Contender(
                Measuring.Contender.Ours,
                () =>
                {
                    sealer.Seal(plaintext, record);
                    if (opener.Open(record, opened, out _) != RecordStatus.Done)
                    {
                        throw new BenchException("a record was refused");
                    }
                },
                Check),
        };
        if (ChaCha20Poly1305.IsSupported)
        {
            var platform = new ChaCha20Poly1305(key);
            var nonce = new byte[12];
            var counter = 0UL;
            contenders.Add(Contender(
                AeadSubjects.Platform,
                () =>
                {
                    BinaryPrimitives.WriteUInt64BigEndian(record, ++counter);
                    BinaryPrimitives.WriteUInt64LittleEndian(nonce.AsSpan(4), counter);
                    platform.Encrypt(nonce, plaintext, record.AsSpan(8, RecordSize), record.AsSpan(8 + RecordSize));
                    BinaryPrimitives.WriteUInt64LittleEndian(nonce.AsSpan(4), BinaryPrimitives.ReadUInt64BigEndian(record));
                    platform.Decrypt(nonce, record.AsSpan(8, RecordSize), record.AsSpan(8 + RecordSize), opened);
                },
                Check));
        }

        return new Subject(Records, SealAndOpen, RecordSize, TimeSpan.FromMilliseconds(0.4), contenders);
    }

    private static Contender Contender(string name, Action once, Func<string?> check) => new(
        name,
        n =>
        {
            for (var i = 0; i < n; i++)
            {
                once();
            }
        },
        () =>
        {
            once();
            return check();
        });
}
