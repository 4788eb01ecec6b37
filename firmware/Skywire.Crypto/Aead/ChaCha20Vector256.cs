// ChaCha20 in AVX2: eight blocks a pass, or four for a short packet. Serves AVX-512 processors too, for what is left of a packet.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Skywire.Crypto;

/// <summary>Equals <see cref="ChaCha20Scalar"/> block for block. Callers have checked <see cref="AeadKernel.Vector256"/>.</summary>
internal static class ChaCha20Vector256
{
    /// <summary>Bytes of key stream in a pass of <see cref="Xor8"/>.</summary>
    internal const int WideSize = 8 * ChaCha20Scalar.BlockSize;

    /// <summary>Eight blocks from <paramref name="at"/>: <c>destination = source ^ key stream</c>, 512 bytes. Vertical: one vector holds one state word of all blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Xor8(ref uint key, in ChaCha20Position at, ref byte source, ref byte destination)
    {
        Vector256<uint> x0 = Vector256.Create(ChaCha20Scalar.Sigma0), x1 = Vector256.Create(ChaCha20Scalar.Sigma1);
        Vector256<uint> x2 = Vector256.Create(ChaCha20Scalar.Sigma2), x3 = Vector256.Create(ChaCha20Scalar.Sigma3);
        Vector256<uint> x4 = Word(ref key, 0), x5 = Word(ref key, 1), x6 = Word(ref key, 2), x7 = Word(ref key, 3);
        Vector256<uint> x8 = Word(ref key, 4), x9 = Word(ref key, 5), x10 = Word(ref key, 6), x11 = Word(ref key, 7);
        Vector256<uint> x12 = Vector256.Create(at.Counter) + Vector256<uint>.Indices, x13 = Vector256.Create(at.Nonce0);
        Vector256<uint> x14 = Vector256.Create(at.Nonce1), x15 = Vector256.Create(at.Nonce2);
        for (var i = 0; i < ChaCha20Scalar.DoubleRounds; i++)
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

        Finish(ref key, at, ref source, ref destination, x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15);
    }

    /// <summary>As <see cref="Xor8"/> for blocks 1 to 8 of the nonce, with block 0 (the Poly1305 key) written to <paramref name="first"/>, 64 bytes; it travels as four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Xor8WithFirst(ref uint key, in ChaCha20Position at, ref byte source, ref byte destination, ref byte first)
    {
        Vector256<uint> x0 = Vector256.Create(ChaCha20Scalar.Sigma0), x1 = Vector256.Create(ChaCha20Scalar.Sigma1);
        Vector256<uint> x2 = Vector256.Create(ChaCha20Scalar.Sigma2), x3 = Vector256.Create(ChaCha20Scalar.Sigma3);
        Vector256<uint> x4 = Word(ref key, 0), x5 = Word(ref key, 1), x6 = Word(ref key, 2), x7 = Word(ref key, 3);
        Vector256<uint> x8 = Word(ref key, 4), x9 = Word(ref key, 5), x10 = Word(ref key, 6), x11 = Word(ref key, 7);
        Vector256<uint> x12 = Vector256.Create(1u) + Vector256<uint>.Indices, x13 = Vector256.Create(at.Nonce0);
        Vector256<uint> x14 = Vector256.Create(at.Nonce1), x15 = Vector256.Create(at.Nonce2);
        var rows = new ChaCha20Rows128(ref key, at.At(0));
        var (a, b, c, d) = (rows.A, rows.B, rows.C, rows.D);
        for (var i = 0; i < ChaCha20Scalar.DoubleRounds; i++)
        {
            QuarterRound(ref x0, ref x4, ref x8, ref x12);
            QuarterRound(ref x1, ref x5, ref x9, ref x13);
            QuarterRound(ref x2, ref x6, ref x10, ref x14);
            QuarterRound(ref x3, ref x7, ref x11, ref x15);
            ChaCha20Rows128.ColumnRound(ref a, ref b, ref c, ref d);
            QuarterRound(ref x0, ref x5, ref x10, ref x15);
            QuarterRound(ref x1, ref x6, ref x11, ref x12);
            QuarterRound(ref x2, ref x7, ref x8, ref x13);
            QuarterRound(ref x3, ref x4, ref x9, ref x14);
            ChaCha20Rows128.DiagonalRound(ref a, ref b, ref c, ref d);
        }

        new ChaCha20Rows128(ref key, at.At(0)).Write(a, b, c, d, ref first);
        Finish(ref key, at.At(1), ref source, ref destination, x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15);
    }

    /// <summary>Four blocks of key stream, 256 bytes, as rows of two blocks, two independent pairs: no spills in 16 registers and no transposition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void KeyStream4(ref uint key, in ChaCha20Position at, ref byte destination)
    {
        var start = new ChaCha20Rows128(ref key, at);
        Vector256<uint> a = Spread(start.A), b = Spread(start.B), c = Spread(start.C);
        var d = Spread(start.D) + Vector256.Create(0u, 0, 0, 0, 1, 0, 0, 0);
        Vector256<uint> e = a, f = b, g = c, h = d + Vector256.Create(2u, 0, 0, 0, 2, 0, 0, 0);
        for (var i = 0; i < ChaCha20Scalar.DoubleRounds; i++)
        {
            QuarterRound(ref a, ref b, ref c, ref d);
            QuarterRound(ref e, ref f, ref g, ref h);
            b = Avx2.Shuffle(b, 0b00_11_10_01);
            f = Avx2.Shuffle(f, 0b00_11_10_01);
            c = Avx2.Shuffle(c, 0b01_00_11_10);
            g = Avx2.Shuffle(g, 0b01_00_11_10);
            d = Avx2.Shuffle(d, 0b10_01_00_11);
            h = Avx2.Shuffle(h, 0b10_01_00_11);
            QuarterRound(ref a, ref b, ref c, ref d);
            QuarterRound(ref e, ref f, ref g, ref h);
            b = Avx2.Shuffle(b, 0b10_01_00_11);
            f = Avx2.Shuffle(f, 0b10_01_00_11);
            c = Avx2.Shuffle(c, 0b01_00_11_10);
            g = Avx2.Shuffle(g, 0b01_00_11_10);
            d = Avx2.Shuffle(d, 0b00_11_10_01);
            h = Avx2.Shuffle(h, 0b00_11_10_01);
        }

        Vector256<uint> a0 = Spread(start.A), b0 = Spread(start.B), c0 = Spread(start.C);
        var d0 = Spread(start.D) + Vector256.Create(0u, 0, 0, 0, 1, 0, 0, 0);
        WritePair(ref destination, 0, a + a0, b + b0, c + c0, d + d0);
        WritePair(ref destination, 128, e + a0, f + b0, g + c0, h + d0 + Vector256.Create(2u, 0, 0, 0, 2, 0, 0, 0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Word(ref uint key, int index) => Vector256.Create(Unsafe.Add(ref key, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Spread(Vector128<uint> row) => Vector256.Create(row, row);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRound(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
    {
        if (Avx512F.VL.IsSupported)
        {
            a += b;
            d = Avx512F.VL.RotateLeft(d ^ a, 16);
            c += d;
            b = Avx512F.VL.RotateLeft(b ^ c, 12);
            a += b;
            d = Avx512F.VL.RotateLeft(d ^ a, 8);
            c += d;
            b = Avx512F.VL.RotateLeft(b ^ c, 7);
            return;
        }

        // Byte orders that rotate each word: as operands in memory they need no register.
        var by16 = Vector256.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
        var by8 = Vector256.Create((byte)3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
        a += b;
        d = Avx2.Shuffle((d ^ a).AsByte(), by16).AsUInt32();
        c += d;
        b ^= c;
        b = (b << 12) | (b >> 20);
        a += b;
        d = Avx2.Shuffle((d ^ a).AsByte(), by8).AsUInt32();
        c += d;
        b ^= c;
        b = (b << 7) | (b >> 25);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(
        ref uint key,
        in ChaCha20Position at,
        ref byte source,
        ref byte destination,
        Vector256<uint> x0,
        Vector256<uint> x1,
        Vector256<uint> x2,
        Vector256<uint> x3,
        Vector256<uint> x4,
        Vector256<uint> x5,
        Vector256<uint> x6,
        Vector256<uint> x7,
        Vector256<uint> x8,
        Vector256<uint> x9,
        Vector256<uint> x10,
        Vector256<uint> x11,
        Vector256<uint> x12,
        Vector256<uint> x13,
        Vector256<uint> x14,
        Vector256<uint> x15)
    {
        x0 += Vector256.Create(ChaCha20Scalar.Sigma0);
        x1 += Vector256.Create(ChaCha20Scalar.Sigma1);
        x2 += Vector256.Create(ChaCha20Scalar.Sigma2);
        x3 += Vector256.Create(ChaCha20Scalar.Sigma3);
        x4 += Word(ref key, 0);
        x5 += Word(ref key, 1);
        x6 += Word(ref key, 2);
        x7 += Word(ref key, 3);
        Transpose(ref x0, ref x1, ref x2, ref x3);
        Transpose(ref x4, ref x5, ref x6, ref x7);

        // The k-th vectors now hold the first two rows of blocks k and k + 4.
        WriteHalves(ref source, ref destination, 0, x0, x4);
        WriteHalves(ref source, ref destination, 64, x1, x5);
        WriteHalves(ref source, ref destination, 128, x2, x6);
        WriteHalves(ref source, ref destination, 192, x3, x7);
        x8 += Word(ref key, 4);
        x9 += Word(ref key, 5);
        x10 += Word(ref key, 6);
        x11 += Word(ref key, 7);
        x12 += Vector256.Create(at.Counter) + Vector256<uint>.Indices;
        x13 += Vector256.Create(at.Nonce0);
        x14 += Vector256.Create(at.Nonce1);
        x15 += Vector256.Create(at.Nonce2);
        Transpose(ref x8, ref x9, ref x10, ref x11);
        Transpose(ref x12, ref x13, ref x14, ref x15);
        WriteHalves(ref source, ref destination, 32, x8, x12);
        WriteHalves(ref source, ref destination, 96, x9, x13);
        WriteHalves(ref source, ref destination, 160, x10, x14);
        WriteHalves(ref source, ref destination, 224, x11, x15);
    }

    // 4x4 words in each 128-bit lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector256<uint> x0, ref Vector256<uint> x1, ref Vector256<uint> x2, ref Vector256<uint> x3)
    {
        var low01 = Avx2.UnpackLow(x0, x1).AsUInt64();
        var low23 = Avx2.UnpackLow(x2, x3).AsUInt64();
        var high01 = Avx2.UnpackHigh(x0, x1).AsUInt64();
        var high23 = Avx2.UnpackHigh(x2, x3).AsUInt64();
        x0 = Avx2.UnpackLow(low01, low23).AsUInt32();
        x1 = Avx2.UnpackHigh(low01, low23).AsUInt32();
        x2 = Avx2.UnpackLow(high01, high23).AsUInt32();
        x3 = Avx2.UnpackHigh(high01, high23).AsUInt32();
    }

    // Half of one block and the same half of the block four later.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteHalves(ref byte source, ref byte destination, nuint offset, Vector256<uint> a, Vector256<uint> b)
    {
        var near = Avx2.Permute2x128(a, b, 0x20).AsByte();
        var far = Avx2.Permute2x128(a, b, 0x31).AsByte();
        (near ^ Vector256.LoadUnsafe(ref source, offset)).StoreUnsafe(ref destination, offset);
        (far ^ Vector256.LoadUnsafe(ref source, offset + 256)).StoreUnsafe(ref destination, offset + 256);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WritePair(ref byte destination, nuint offset, Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d)
    {
        Avx2.Permute2x128(a, b, 0x20).AsByte().StoreUnsafe(ref destination, offset);
        Avx2.Permute2x128(c, d, 0x20).AsByte().StoreUnsafe(ref destination, offset + 32);
        Avx2.Permute2x128(a, b, 0x31).AsByte().StoreUnsafe(ref destination, offset + 64);
        Avx2.Permute2x128(c, d, 0x31).AsByte().StoreUnsafe(ref destination, offset + 96);
    }
}
