// The few 128-bit operations whose best form differs between x86 and ARM64.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Skywire.Crypto;

/// <summary>Rotations and transposition for ChaCha20. Every test of a processor feature is a constant to the compiler.</summary>
internal static class Lanes128
{
    /// <summary>Each word rotated by 16: one instruction (REV32 of halves) on ARM64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> RotateLeft16(Vector128<uint> x)
    {
        if (Avx512F.VL.IsSupported)
        {
            return Avx512F.VL.RotateLeft(x, 16);
        }

        if (AdvSimd.IsSupported)
        {
            return AdvSimd.ReverseElement16(x);
        }

        return Ssse3.IsSupported
            ? Ssse3.Shuffle(x.AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32()
            : (x << 16) | (x >> 16);
    }

    /// <summary>Each word rotated by 8: a byte shuffle where there is no rotation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> RotateLeft8(Vector128<uint> x)
    {
        if (Avx512F.VL.IsSupported)
        {
            return Avx512F.VL.RotateLeft(x, 8);
        }

        if (AdvSimd.Arm64.IsSupported)
        {
            return AdvSimd.Arm64.VectorTableLookup(x.AsByte(), Vector128.Create((byte)3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14)).AsUInt32();
        }

        return Ssse3.IsSupported
            ? Ssse3.Shuffle(x.AsByte(), Vector128.Create((byte)3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14)).AsUInt32()
            : (x << 8) | (x >> 24);
    }

    /// <summary>Each word rotated by 12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> RotateLeft12(Vector128<uint> x)
    {
        if (Avx512F.VL.IsSupported)
        {
            return Avx512F.VL.RotateLeft(x, 12);
        }

        return AdvSimd.IsSupported ? AdvSimd.ShiftRightAndInsert(x << 12, x, 20) : (x << 12) | (x >> 20);
    }

    /// <summary>Each word rotated by 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> RotateLeft7(Vector128<uint> x)
    {
        if (Avx512F.VL.IsSupported)
        {
            return Avx512F.VL.RotateLeft(x, 7);
        }

        return AdvSimd.IsSupported ? AdvSimd.ShiftRightAndInsert(x << 7, x, 25) : (x << 7) | (x >> 25);
    }

    /// <summary>Transposes 4x4 words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Transpose(ref Vector128<uint> x0, ref Vector128<uint> x1, ref Vector128<uint> x2, ref Vector128<uint> x3)
    {
        Vector128<ulong> low01, low23, high01, high23;
        if (AdvSimd.Arm64.IsSupported)
        {
            low01 = AdvSimd.Arm64.ZipLow(x0, x1).AsUInt64();
            low23 = AdvSimd.Arm64.ZipLow(x2, x3).AsUInt64();
            high01 = AdvSimd.Arm64.ZipHigh(x0, x1).AsUInt64();
            high23 = AdvSimd.Arm64.ZipHigh(x2, x3).AsUInt64();
            x0 = AdvSimd.Arm64.ZipLow(low01, low23).AsUInt32();
            x1 = AdvSimd.Arm64.ZipHigh(low01, low23).AsUInt32();
            x2 = AdvSimd.Arm64.ZipLow(high01, high23).AsUInt32();
            x3 = AdvSimd.Arm64.ZipHigh(high01, high23).AsUInt32();
            return;
        }

        low01 = Sse2.UnpackLow(x0, x1).AsUInt64();
        low23 = Sse2.UnpackLow(x2, x3).AsUInt64();
        high01 = Sse2.UnpackHigh(x0, x1).AsUInt64();
        high23 = Sse2.UnpackHigh(x2, x3).AsUInt64();
        x0 = Sse2.UnpackLow(low01, low23).AsUInt32();
        x1 = Sse2.UnpackHigh(low01, low23).AsUInt32();
        x2 = Sse2.UnpackLow(high01, high23).AsUInt32();
        x3 = Sse2.UnpackHigh(high01, high23).AsUInt32();
    }
}
