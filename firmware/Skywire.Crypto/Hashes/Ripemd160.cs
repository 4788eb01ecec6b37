// Addresses need RIPEMD-160, which the base class library does not have.
using System.Buffers.Binary;

namespace Skywire.Crypto;

/// <summary>The RIPEMD-160 hash, for public data (addresses).</summary>
public static partial class Ripemd160
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashSize = 20;

    private const int BlockSize = 64;
    private const int LengthSize = 8;

    /// <summary>Writes the 20-byte hash of <paramref name="source"/>.</summary>
    public static void HashData(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        var bits = (ulong)source.Length * 8;
        for (; source.Length >= BlockSize; source = source[BlockSize..])
        {
            Compress(state, source);
        }

        // A 1 bit, zeros, and the length in the last eight bytes of a block.
        Span<byte> tail = stackalloc byte[2 * BlockSize];
        tail.Clear();
        source.CopyTo(tail);
        tail[source.Length] = 0x80;
        var tailSize = source.Length < BlockSize - LengthSize ? BlockSize : 2 * BlockSize;
        BinaryPrimitives.WriteUInt64LittleEndian(tail[(tailSize - LengthSize)..], bits);
        for (var offset = 0; offset < tailSize; offset += BlockSize)
        {
            Compress(state, tail[offset..]);
        }

        for (var i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[(4 * i)..], state[i]);
        }
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Words words = default;
        for (var i = 0; i < BlockSize / sizeof(uint); i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);
        }

        var left = new Line { A = state[0], B = state[1], C = state[2], D = state[3], E = state[4] };
        var right = left;
        Left0(ref left, words);
        Right0(ref right, words);
        Left1(ref left, words);
        Right1(ref right, words);
        Left2(ref left, words);
        Right2(ref right, words);
        Left3(ref left, words);
        Right3(ref right, words);
        Left4(ref left, words);
        Right4(ref right, words);
        var first = state[1] + left.C + right.D;
        state[1] = state[2] + left.D + right.E;
        state[2] = state[3] + left.E + right.A;
        state[3] = state[4] + left.A + right.B;
        state[4] = state[0] + left.B + right.C;
        state[0] = first;
    }
}
