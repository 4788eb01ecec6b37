// One ChaCha20 block as four rows of a Vector128: rides along with a vertical pass, and is the building block of the 128-bit kernels.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Skywire.Crypto;

/// <summary>The starting rows of a block (RFC 8439 section 2.3), and rounds on rows.</summary>
internal readonly ref struct ChaCha20Rows128
{
    internal readonly Vector128<uint> A;
    internal readonly Vector128<uint> B;
    internal readonly Vector128<uint> C;
    internal readonly Vector128<uint> D;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ChaCha20Rows128(ref uint key, in ChaCha20Position at)
    {
        A = Vector128.Create(ChaCha20Scalar.Sigma0, ChaCha20Scalar.Sigma1, ChaCha20Scalar.Sigma2, ChaCha20Scalar.Sigma3);
        B = Vector128.LoadUnsafe(ref key);
        C = Vector128.LoadUnsafe(ref key, 4);
        D = Vector128.Create(at.Counter, at.Nonce0, at.Nonce1, at.Nonce2);
    }

    /// <summary>The first half of a double round: columns stand under each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ColumnRound(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d) => QuarterRound(ref a, ref b, ref c, ref d);

    /// <summary>The second half: rows turn so that diagonals stand under each other, and back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void DiagonalRound(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d)
    {
        b = Vector128.Shuffle(b, Vector128.Create(1u, 2, 3, 0));
        c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
        d = Vector128.Shuffle(d, Vector128.Create(3u, 0, 1, 2));
        QuarterRound(ref a, ref b, ref c, ref d);
        b = Vector128.Shuffle(b, Vector128.Create(3u, 0, 1, 2));
        c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
        d = Vector128.Shuffle(d, Vector128.Create(1u, 2, 3, 0));
    }

    /// <summary>Adds the starting rows to the rows after 20 rounds and writes the block, 64 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Write(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, ref byte destination)
    {
        (A + a).AsByte().StoreUnsafe(ref destination);
        (B + b).AsByte().StoreUnsafe(ref destination, 16);
        (C + c).AsByte().StoreUnsafe(ref destination, 32);
        (D + d).AsByte().StoreUnsafe(ref destination, 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRound(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d)
    {
        a += b;
        d = Lanes128.RotateLeft16(d ^ a);
        c += d;
        b = Lanes128.RotateLeft12(b ^ c);
        a += b;
        d = Lanes128.RotateLeft8(d ^ a);
        c += d;
        b = Lanes128.RotateLeft7(b ^ c);
    }
}
