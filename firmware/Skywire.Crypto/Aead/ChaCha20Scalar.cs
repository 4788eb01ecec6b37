// ChaCha20 in portable code: runs everywhere, and is the yardstick every faster kernel is compared with.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skywire.Crypto;

/// <summary>The block function of RFC 8439 section 2.3 over plain words. Constant time: additions, rotations and exclusive-ors only.</summary>
internal static class ChaCha20Scalar
{
    /// <summary>Bytes of a block.</summary>
    internal const int BlockSize = 64;

    /// <summary>Words of a key.</summary>
    internal const int KeyWords = 8;

    internal const int DoubleRounds = 10;

    // "expand 32-byte k", little endian.
    internal const uint Sigma0 = 0x61707865;
    internal const uint Sigma1 = 0x3320646E;
    internal const uint Sigma2 = 0x79622D32;
    internal const uint Sigma3 = 0x6B206574;

    /// <summary>Writes the block at <paramref name="at"/>, 64 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Block(ref uint key, in ChaCha20Position at, ref byte destination)
    {
        uint x0 = Sigma0, x1 = Sigma1, x2 = Sigma2, x3 = Sigma3;
        uint x4 = Word(ref key, 0), x5 = Word(ref key, 1), x6 = Word(ref key, 2), x7 = Word(ref key, 3);
        uint x8 = Word(ref key, 4), x9 = Word(ref key, 5), x10 = Word(ref key, 6), x11 = Word(ref key, 7);
        uint x12 = at.Counter, x13 = at.Nonce0, x14 = at.Nonce1, x15 = at.Nonce2;
        for (var i = 0; i < DoubleRounds; i++)
        {
            QuarterRound(ref x0, ref x4, ref x8, ref x12);
            QuarterRound(ref x1, ref x5, ref x9, ref x13);
            QuarterRound(ref x2, ref x6, ref x10, ref x14);
            QuarterRound(ref x3, ref x7, ref x11, ref x15);
            QuarterRound(ref x0, ref x5, ref x10, ref x15);
            QuarterRound(ref x1, ref x6, ref x11, ref x12);
            QuarterRound(ref x2, ref x7, ref x8, ref x13);
            QuarterRound(ref x3, ref x4, ref x9, ref x14);
        }

        var block = MemoryMarshal.CreateSpan(ref destination, BlockSize);
        Write(block, 0, x0 + Sigma0);
        Write(block, 1, x1 + Sigma1);
        Write(block, 2, x2 + Sigma2);
        Write(block, 3, x3 + Sigma3);
        Write(block, 4, x4 + Word(ref key, 0));
        Write(block, 5, x5 + Word(ref key, 1));
        Write(block, 6, x6 + Word(ref key, 2));
        Write(block, 7, x7 + Word(ref key, 3));
        Write(block, 8, x8 + Word(ref key, 4));
        Write(block, 9, x9 + Word(ref key, 5));
        Write(block, 10, x10 + Word(ref key, 6));
        Write(block, 11, x11 + Word(ref key, 7));
        Write(block, 12, x12 + at.Counter);
        Write(block, 13, x13 + at.Nonce0);
        Write(block, 14, x14 + at.Nonce1);
        Write(block, 15, x15 + at.Nonce2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word(ref uint key, int index) => Unsafe.Add(ref key, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Span<byte> block, int word, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(block[(4 * word)..], value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRound(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        a += b;
        d = uint.RotateLeft(d ^ a, 16);
        c += d;
        b = uint.RotateLeft(b ^ c, 12);
        a += b;
        d = uint.RotateLeft(d ^ a, 8);
        c += d;
        b = uint.RotateLeft(b ^ c, 7);
    }
}
