// ChaCha20 in 128-bit vectors, x86 and ARM64: four blocks a pass.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Skywire.Crypto;

/// <summary>Equals <see cref="ChaCha20Scalar"/> block for block. Callers have checked <see cref="AeadKernel.Vector128"/> or <see cref="AeadKernel.AdvSimd"/>.</summary>
internal static class ChaCha20Vector128
{
    /// <summary>Bytes of key stream in a pass.</summary>
    internal const int PassSize = 4 * ChaCha20Scalar.BlockSize;

    /// <summary>Four blocks from <paramref name="at"/>: <c>destination = source ^ key stream</c>, 256 bytes. Vertical: one vector holds one state word of all blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Xor4(ref uint key, in ChaCha20Position at, ref byte source, ref byte destination)
    {
        Vector128<uint> x0 = Vector128.Create(ChaCha20Scalar.Sigma0), x1 = Vector128.Create(ChaCha20Scalar.Sigma1);
        Vector128<uint> x2 = Vector128.Create(ChaCha20Scalar.Sigma2), x3 = Vector128.Create(ChaCha20Scalar.Sigma3);
        Vector128<uint> x4 = Word(ref key, 0), x5 = Word(ref key, 1), x6 = Word(ref key, 2), x7 = Word(ref key, 3);
        Vector128<uint> x8 = Word(ref key, 4), x9 = Word(ref key, 5), x10 = Word(ref key, 6), x11 = Word(ref key, 7);
        Vector128<uint> x12 = Vector128.Create(at.Counter) + Vector128<uint>.Indices, x13 = Vector128.Create(at.Nonce0);
        Vector128<uint> x14 = Vector128.Create(at.Nonce1), x15 = Vector128.Create(at.Nonce2);
        for (var i = 0; i < ChaCha20Scalar.DoubleRounds; i++)
        {
            FourQuarterRounds(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7, ref x8, ref x9, ref x10, ref x11, ref x12, ref x13, ref x14, ref x15);
            FourQuarterRounds(ref x0, ref x1, ref x2, ref x3, ref x5, ref x6, ref x7, ref x4, ref x10, ref x11, ref x8, ref x9, ref x15, ref x12, ref x13, ref x14);
        }

        x0 += Vector128.Create(ChaCha20Scalar.Sigma0);
        x1 += Vector128.Create(ChaCha20Scalar.Sigma1);
        x2 += Vector128.Create(ChaCha20Scalar.Sigma2);
        x3 += Vector128.Create(ChaCha20Scalar.Sigma3);
        Write(ref source, ref destination, 0, x0, x1, x2, x3);
        Write(ref source, ref destination, 16, x4 + Word(ref key, 0), x5 + Word(ref key, 1), x6 + Word(ref key, 2), x7 + Word(ref key, 3));
        Write(ref source, ref destination, 32, x8 + Word(ref key, 4), x9 + Word(ref key, 5), x10 + Word(ref key, 6), x11 + Word(ref key, 7));
        x12 += Vector128.Create(at.Counter) + Vector128<uint>.Indices;
        Write(ref source, ref destination, 48, x12, x13 + Vector128.Create(at.Nonce0), x14 + Vector128.Create(at.Nonce1), x15 + Vector128.Create(at.Nonce2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Word(ref uint key, int index) => Vector128.Create(Unsafe.Add(ref key, index));

    // Four independent quarter rounds step by step: an in-order core (Cortex-A53) finds no parallelism by itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourQuarterRounds(
        ref Vector128<uint> a0,
        ref Vector128<uint> a1,
        ref Vector128<uint> a2,
        ref Vector128<uint> a3,
        ref Vector128<uint> b0,
        ref Vector128<uint> b1,
        ref Vector128<uint> b2,
        ref Vector128<uint> b3,
        ref Vector128<uint> c0,
        ref Vector128<uint> c1,
        ref Vector128<uint> c2,
        ref Vector128<uint> c3,
        ref Vector128<uint> d0,
        ref Vector128<uint> d1,
        ref Vector128<uint> d2,
        ref Vector128<uint> d3)
    {
        a0 += b0;
        a1 += b1;
        a2 += b2;
        a3 += b3;
        d0 = Lanes128.RotateLeft16(d0 ^ a0);
        d1 = Lanes128.RotateLeft16(d1 ^ a1);
        d2 = Lanes128.RotateLeft16(d2 ^ a2);
        d3 = Lanes128.RotateLeft16(d3 ^ a3);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = Lanes128.RotateLeft12(b0 ^ c0);
        b1 = Lanes128.RotateLeft12(b1 ^ c1);
        b2 = Lanes128.RotateLeft12(b2 ^ c2);
        b3 = Lanes128.RotateLeft12(b3 ^ c3);
        a0 += b0;
        a1 += b1;
        a2 += b2;
        a3 += b3;
        d0 = Lanes128.RotateLeft8(d0 ^ a0);
        d1 = Lanes128.RotateLeft8(d1 ^ a1);
        d2 = Lanes128.RotateLeft8(d2 ^ a2);
        d3 = Lanes128.RotateLeft8(d3 ^ a3);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 = Lanes128.RotateLeft7(b0 ^ c0);
        b1 = Lanes128.RotateLeft7(b1 ^ c1);
        b2 = Lanes128.RotateLeft7(b2 ^ c2);
        b3 = Lanes128.RotateLeft7(b3 ^ c3);
    }

    // Row of four blocks, 16 bytes at the same place of each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(ref byte source, ref byte destination, nuint offset, Vector128<uint> x0, Vector128<uint> x1, Vector128<uint> x2, Vector128<uint> x3)
    {
        Lanes128.Transpose(ref x0, ref x1, ref x2, ref x3);
        (x0.AsByte() ^ Vector128.LoadUnsafe(ref source, offset)).StoreUnsafe(ref destination, offset);
        (x1.AsByte() ^ Vector128.LoadUnsafe(ref source, offset + 64)).StoreUnsafe(ref destination, offset + 64);
        (x2.AsByte() ^ Vector128.LoadUnsafe(ref source, offset + 128)).StoreUnsafe(ref destination, offset + 128);
        (x3.AsByte() ^ Vector128.LoadUnsafe(ref source, offset + 192)).StoreUnsafe(ref destination, offset + 192);
    }
}
