// ChaCha20 in AVX-512: sixteen blocks a pass, or four for a short packet.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Skywire.Crypto;

/// <summary>
/// Equals <see cref="ChaCha20Scalar"/> block for block. Callers have checked <see cref="AeadKernel.Vector512"/>. Optimised at first call
/// (AggressiveOptimization): code compiled ahead of time knows no AVX-512, and unoptimised vector code is fifty times slower.
/// </summary>
internal static class ChaCha20Vector512
{
    /// <summary>Bytes of key stream in a pass of <see cref="Xor16"/>.</summary>
    internal const int WideSize = 16 * ChaCha20Scalar.BlockSize;

    /// <summary>16 blocks from <paramref name="at"/>: <c>destination = source ^ key stream</c>, 1024 bytes. Vertical: one vector holds one state word of all blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Xor16(ref uint key, in ChaCha20Position at, ref byte source, ref byte destination)
    {
        Vector512<uint> x0 = Vector512.Create(ChaCha20Scalar.Sigma0), x1 = Vector512.Create(ChaCha20Scalar.Sigma1);
        Vector512<uint> x2 = Vector512.Create(ChaCha20Scalar.Sigma2), x3 = Vector512.Create(ChaCha20Scalar.Sigma3);
        Vector512<uint> x4 = Word(ref key, 0), x5 = Word(ref key, 1), x6 = Word(ref key, 2), x7 = Word(ref key, 3);
        Vector512<uint> x8 = Word(ref key, 4), x9 = Word(ref key, 5), x10 = Word(ref key, 6), x11 = Word(ref key, 7);
        Vector512<uint> x12 = Vector512.Create(at.Counter) + Vector512<uint>.Indices, x13 = Vector512.Create(at.Nonce0);
        Vector512<uint> x14 = Vector512.Create(at.Nonce1), x15 = Vector512.Create(at.Nonce2);
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

        AddKey(ref key, at, ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7, ref x8, ref x9, ref x10, ref x11, ref x12, ref x13, ref x14, ref x15);
        Write16(ref source, ref destination, x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15);
    }

    /// <summary>
    /// As <see cref="Xor16"/> for blocks 1 to 16 of the nonce, with block 0 (the Poly1305 key) written to <paramref name="first"/>, 64 bytes. It travels
    /// as four rows in registers the vertical form leaves free, so that 1024 bytes need one pass and not two.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Xor16WithFirst(ref uint key, in ChaCha20Position at, ref byte source, ref byte destination, ref byte first)
    {
        Vector512<uint> x0 = Vector512.Create(ChaCha20Scalar.Sigma0), x1 = Vector512.Create(ChaCha20Scalar.Sigma1);
        Vector512<uint> x2 = Vector512.Create(ChaCha20Scalar.Sigma2), x3 = Vector512.Create(ChaCha20Scalar.Sigma3);
        Vector512<uint> x4 = Word(ref key, 0), x5 = Word(ref key, 1), x6 = Word(ref key, 2), x7 = Word(ref key, 3);
        Vector512<uint> x8 = Word(ref key, 4), x9 = Word(ref key, 5), x10 = Word(ref key, 6), x11 = Word(ref key, 7);
        Vector512<uint> x12 = Vector512.Create(1u) + Vector512<uint>.Indices, x13 = Vector512.Create(at.Nonce0);
        Vector512<uint> x14 = Vector512.Create(at.Nonce1), x15 = Vector512.Create(at.Nonce2);
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
        AddKey(ref key, at.At(1), ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7, ref x8, ref x9, ref x10, ref x11, ref x12, ref x13, ref x14, ref x15);
        Write16(ref source, ref destination, x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15);
    }

    /// <summary>Four blocks of key stream, 256 bytes, as rows: one vector holds one row of four blocks. Few instructions, bound by latency: for short packets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void KeyStream4(ref uint key, in ChaCha20Position at, ref byte destination)
    {
        var start = new ChaCha20Rows128(ref key, at);
        Vector512<uint> a0 = Spread(start.A), b0 = Spread(start.B), c0 = Spread(start.C);
        var d0 = Spread(start.D) + Vector512.Create(0u, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0);
        Vector512<uint> a = a0, b = b0, c = c0, d = d0;
        for (var i = 0; i < ChaCha20Scalar.DoubleRounds; i++)
        {
            QuarterRound(ref a, ref b, ref c, ref d);
            b = Avx512F.Shuffle(b, 0b00_11_10_01);
            c = Avx512F.Shuffle(c, 0b01_00_11_10);
            d = Avx512F.Shuffle(d, 0b10_01_00_11);
            QuarterRound(ref a, ref b, ref c, ref d);
            b = Avx512F.Shuffle(b, 0b10_01_00_11);
            c = Avx512F.Shuffle(c, 0b01_00_11_10);
            d = Avx512F.Shuffle(d, 0b00_11_10_01);
        }

        Gather(a + a0, b + b0, c + c0, d + d0, out var block0, out var block1, out var block2, out var block3);
        block0.StoreUnsafe(ref destination);
        block1.StoreUnsafe(ref destination, 64);
        block2.StoreUnsafe(ref destination, 128);
        block3.StoreUnsafe(ref destination, 192);
    }

    /// <summary>Eight blocks of key stream, 512 bytes, as two sets of rows: hardly slower than one, since four blocks leave most of the processor waiting.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void KeyStream8(ref uint key, in ChaCha20Position at, ref byte destination)
    {
        var start = new ChaCha20Rows128(ref key, at);
        Vector512<uint> a0 = Spread(start.A), b0 = Spread(start.B), c0 = Spread(start.C);
        var d0 = Spread(start.D) + Vector512.Create(0u, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0);
        var h0 = Spread(start.D) + Vector512.Create(4u, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0);
        Vector512<uint> a = a0, b = b0, c = c0, d = d0;
        Vector512<uint> e = a0, f = b0, g = c0, h = h0;
        for (var i = 0; i < ChaCha20Scalar.DoubleRounds; i++)
        {
            QuarterRound(ref a, ref b, ref c, ref d);
            QuarterRound(ref e, ref f, ref g, ref h);
            b = Avx512F.Shuffle(b, 0b00_11_10_01);
            f = Avx512F.Shuffle(f, 0b00_11_10_01);
            c = Avx512F.Shuffle(c, 0b01_00_11_10);
            g = Avx512F.Shuffle(g, 0b01_00_11_10);
            d = Avx512F.Shuffle(d, 0b10_01_00_11);
            h = Avx512F.Shuffle(h, 0b10_01_00_11);
            QuarterRound(ref a, ref b, ref c, ref d);
            QuarterRound(ref e, ref f, ref g, ref h);
            b = Avx512F.Shuffle(b, 0b10_01_00_11);
            f = Avx512F.Shuffle(f, 0b10_01_00_11);
            c = Avx512F.Shuffle(c, 0b01_00_11_10);
            g = Avx512F.Shuffle(g, 0b01_00_11_10);
            d = Avx512F.Shuffle(d, 0b00_11_10_01);
            h = Avx512F.Shuffle(h, 0b00_11_10_01);
        }

        Gather(a + a0, b + b0, c + c0, d + d0, out var block0, out var block1, out var block2, out var block3);
        block0.StoreUnsafe(ref destination);
        block1.StoreUnsafe(ref destination, 64);
        block2.StoreUnsafe(ref destination, 128);
        block3.StoreUnsafe(ref destination, 192);
        Gather(e + a0, f + b0, g + c0, h + h0, out block0, out block1, out block2, out block3);
        block0.StoreUnsafe(ref destination, 256);
        block1.StoreUnsafe(ref destination, 320);
        block2.StoreUnsafe(ref destination, 384);
        block3.StoreUnsafe(ref destination, 448);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Word(ref uint key, int index) => Vector512.Create(Unsafe.Add(ref key, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Spread(Vector128<uint> row)
    {
        var low = row.ToVector256Unsafe().ToVector512Unsafe();
        return Avx512F.Shuffle4x128(low, low, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRound(ref Vector512<uint> a, ref Vector512<uint> b, ref Vector512<uint> c, ref Vector512<uint> d)
    {
        a += b;
        d = Avx512F.RotateLeft(d ^ a, 16);
        c += d;
        b = Avx512F.RotateLeft(b ^ c, 12);
        a += b;
        d = Avx512F.RotateLeft(d ^ a, 8);
        c += d;
        b = Avx512F.RotateLeft(b ^ c, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddKey(
        ref uint key,
        in ChaCha20Position at,
        ref Vector512<uint> x0,
        ref Vector512<uint> x1,
        ref Vector512<uint> x2,
        ref Vector512<uint> x3,
        ref Vector512<uint> x4,
        ref Vector512<uint> x5,
        ref Vector512<uint> x6,
        ref Vector512<uint> x7,
        ref Vector512<uint> x8,
        ref Vector512<uint> x9,
        ref Vector512<uint> x10,
        ref Vector512<uint> x11,
        ref Vector512<uint> x12,
        ref Vector512<uint> x13,
        ref Vector512<uint> x14,
        ref Vector512<uint> x15)
    {
        x0 += Vector512.Create(ChaCha20Scalar.Sigma0);
        x1 += Vector512.Create(ChaCha20Scalar.Sigma1);
        x2 += Vector512.Create(ChaCha20Scalar.Sigma2);
        x3 += Vector512.Create(ChaCha20Scalar.Sigma3);
        x4 += Word(ref key, 0);
        x5 += Word(ref key, 1);
        x6 += Word(ref key, 2);
        x7 += Word(ref key, 3);
        x8 += Word(ref key, 4);
        x9 += Word(ref key, 5);
        x10 += Word(ref key, 6);
        x11 += Word(ref key, 7);
        x12 += Vector512.Create(at.Counter) + Vector512<uint>.Indices;
        x13 += Vector512.Create(at.Nonce0);
        x14 += Vector512.Create(at.Nonce1);
        x15 += Vector512.Create(at.Nonce2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write16(
        ref byte source,
        ref byte destination,
        Vector512<uint> x0,
        Vector512<uint> x1,
        Vector512<uint> x2,
        Vector512<uint> x3,
        Vector512<uint> x4,
        Vector512<uint> x5,
        Vector512<uint> x6,
        Vector512<uint> x7,
        Vector512<uint> x8,
        Vector512<uint> x9,
        Vector512<uint> x10,
        Vector512<uint> x11,
        Vector512<uint> x12,
        Vector512<uint> x13,
        Vector512<uint> x14,
        Vector512<uint> x15)
    {
        Transpose(ref x0, ref x1, ref x2, ref x3);
        Transpose(ref x4, ref x5, ref x6, ref x7);
        Transpose(ref x8, ref x9, ref x10, ref x11);
        Transpose(ref x12, ref x13, ref x14, ref x15);

        // The k-th vectors now hold the rows of blocks k, k + 4, k + 8 and k + 12.
        Write4(ref source, ref destination, 0, x0, x4, x8, x12);
        Write4(ref source, ref destination, 64, x1, x5, x9, x13);
        Write4(ref source, ref destination, 128, x2, x6, x10, x14);
        Write4(ref source, ref destination, 192, x3, x7, x11, x15);
    }

    // 4x4 words in each 128-bit lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector512<uint> x0, ref Vector512<uint> x1, ref Vector512<uint> x2, ref Vector512<uint> x3)
    {
        var low01 = Avx512F.UnpackLow(x0, x1).AsUInt64();
        var low23 = Avx512F.UnpackLow(x2, x3).AsUInt64();
        var high01 = Avx512F.UnpackHigh(x0, x1).AsUInt64();
        var high23 = Avx512F.UnpackHigh(x2, x3).AsUInt64();
        x0 = Avx512F.UnpackLow(low01, low23).AsUInt32();
        x1 = Avx512F.UnpackHigh(low01, low23).AsUInt32();
        x2 = Avx512F.UnpackLow(high01, high23).AsUInt32();
        x3 = Avx512F.UnpackHigh(high01, high23).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write4(ref byte source, ref byte destination, nuint offset, Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d)
    {
        Gather(a, b, c, d, out var block0, out var block1, out var block2, out var block3);
        (block0 ^ Vector512.LoadUnsafe(ref source, offset)).StoreUnsafe(ref destination, offset);
        (block1 ^ Vector512.LoadUnsafe(ref source, offset + 256)).StoreUnsafe(ref destination, offset + 256);
        (block2 ^ Vector512.LoadUnsafe(ref source, offset + 512)).StoreUnsafe(ref destination, offset + 512);
        (block3 ^ Vector512.LoadUnsafe(ref source, offset + 768)).StoreUnsafe(ref destination, offset + 768);
    }

    // 4x4 lanes: rows of four blocks become four blocks.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gather(
        Vector512<uint> a,
        Vector512<uint> b,
        Vector512<uint> c,
        Vector512<uint> d,
        out Vector512<byte> block0,
        out Vector512<byte> block1,
        out Vector512<byte> block2,
        out Vector512<byte> block3)
    {
        var ab01 = Avx512F.Shuffle4x128(a, b, 0b01_00_01_00);
        var cd01 = Avx512F.Shuffle4x128(c, d, 0b01_00_01_00);
        var ab23 = Avx512F.Shuffle4x128(a, b, 0b11_10_11_10);
        var cd23 = Avx512F.Shuffle4x128(c, d, 0b11_10_11_10);
        block0 = Avx512F.Shuffle4x128(ab01, cd01, 0b10_00_10_00).AsByte();
        block1 = Avx512F.Shuffle4x128(ab01, cd01, 0b11_01_11_01).AsByte();
        block2 = Avx512F.Shuffle4x128(ab23, cd23, 0b10_00_10_00).AsByte();
        block3 = Avx512F.Shuffle4x128(ab23, cd23, 0b11_01_11_01).AsByte();
    }
}
