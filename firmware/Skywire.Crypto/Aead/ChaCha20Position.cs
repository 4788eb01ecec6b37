// Where in which key stream a ChaCha20 kernel starts: the last row of RFC 8439's state.
using System.Buffers.Binary;

namespace Skywire.Crypto;

/// <summary>Block counter and the three nonce words of ChaCha20 (RFC 8439 section 2.3).</summary>
internal readonly struct ChaCha20Position
{
    /// <summary>Bytes of a nonce.</summary>
    internal const int NonceSize = 12;

    internal readonly uint Counter;
    internal readonly uint Nonce0;
    internal readonly uint Nonce1;
    internal readonly uint Nonce2;

    /// <summary>A block of Noise's nonce: 4 zero bytes, then <paramref name="packet"/> as 8 bytes little endian.</summary>
    internal ChaCha20Position(uint counter, ulong packet)
        : this(counter, 0, (uint)packet, (uint)(packet >> 32))
    {
    }

    /// <summary>A block of a full 12-byte nonce.</summary>
    internal ChaCha20Position(uint counter, ReadOnlySpan<byte> nonce)
        : this(
            counter,
            BinaryPrimitives.ReadUInt32LittleEndian(nonce),
            BinaryPrimitives.ReadUInt32LittleEndian(nonce[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(nonce[8..]))
    {
    }

    private ChaCha20Position(uint counter, uint nonce0, uint nonce1, uint nonce2)
    {
        Counter = counter;
        Nonce0 = nonce0;
        Nonce1 = nonce1;
        Nonce2 = nonce2;
    }

    /// <summary>The same stream at another block.</summary>
    internal ChaCha20Position At(uint counter) => new(counter, Nonce0, Nonce1, Nonce2);
}
