// SHA-256's message schedule, four words at a time.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Skywire.Crypto;

/// <summary>FIPS 180-4 section 6.2.2 step 1.</summary>
internal static class Sha256Schedule
{
    /// <summary>Four words of a block, big endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> Load(ref byte data, nuint offset)
    {
        var bytes = Vector128.LoadUnsafe(ref data, offset);
        return Vector128.Shuffle(bytes, Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)).AsUInt32();
    }

    /// <summary>The four words that follow sixteen others. The last two depend on the first two: sigma 1 comes in halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> Next(Vector128<uint> w0, Vector128<uint> w1, Vector128<uint> w2, Vector128<uint> w3)
    {
        var x = Middle(w0, w1);
        var sum = w0 + Middle(w2, w3) + (Right(x, 7) ^ Right(x, 18) ^ (x >> 3));
        sum += Sigma1(Vector128.Shuffle(w3, Vector128.Create(2u, 3, 2, 3))) & Vector128.Create(uint.MaxValue, uint.MaxValue, 0, 0);
        return sum + (Sigma1(Vector128.Shuffle(sum, Vector128.Create(0u, 1, 0, 1))) & Vector128.Create(0, 0, uint.MaxValue, uint.MaxValue));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Sigma1(Vector128<uint> x) => Right(x, 17) ^ Right(x, 19) ^ (x >> 10);

    // Words 1 to 4 of eight.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Middle(Vector128<uint> low, Vector128<uint> high)
    {
        if (Ssse3.IsSupported)
        {
            return Ssse3.AlignRight(high.AsByte(), low.AsByte(), 4).AsUInt32();
        }

        return AdvSimd.IsSupported
            ? AdvSimd.ExtractVector128(low, high, 1)
            : Vector128.Create(low.GetElement(1), low.GetElement(2), low.GetElement(3), high.GetElement(0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Right(Vector128<uint> x, [ConstantExpected] byte count) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(x, count) : (x >> count) | (x << (32 - count));
}
