// Branch-free building blocks; the only place that turns comparisons into numbers.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

[module: SkipLocalsInit]

namespace Skywire.Crypto;

/// <summary>Word operations whose time does not depend on the values. A "mask" is all ones or zero.</summary>
internal static class ConstantTime
{
    /// <summary>1 when <paramref name="a"/> is below <paramref name="b"/>, else 0. Reads the comparison as a byte, so that no compiler stage sees a condition to branch on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Less(ulong a, ulong b) => Unsafe.BitCast<bool, byte>(a < b);

    /// <summary>Mask: <paramref name="value"/> is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong ZeroMask(ulong value) => ((value | (0 - value)) >> 63) - 1;

    /// <summary><paramref name="whenSet"/> where the mask is set, else <paramref name="otherwise"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Select(ulong mask, ulong whenSet, ulong otherwise) => otherwise ^ (mask & (whenSet ^ otherwise));

    /// <summary>The high half of a 64x64 product. Twice as fast in sum as one call that returns both halves, because the runtime sends the low half of those through memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong MultiplyHigh(ulong a, ulong b)
    {
        if (Bmi2.X64.IsSupported)
        {
            return Bmi2.X64.MultiplyNoFlags(a, b);
        }

        return ArmBase.Arm64.IsSupported ? ArmBase.Arm64.MultiplyHigh(a, b) : Math.BigMul(a, b, out _);
    }

    /// <summary>Adds with carry in and out (0 or 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong AddCarry(ulong a, ulong b, ref ulong carry)
    {
        var sum = a + b;
        var first = Less(sum, a);
        var result = sum + carry;
        carry = first | Less(result, sum);
        return result;
    }

    /// <summary>Subtracts with borrow in and out (0 or 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong SubtractBorrow(ulong a, ulong b, ref ulong borrow)
    {
        var difference = a - b;
        var first = Less(a, b);
        var result = difference - borrow;
        borrow = first | Less(difference, borrow);
        return result;
    }

    /// <summary><c>accumulator + a * b + carry</c>: returns the low word, leaves the high word in <paramref name="carry"/>. Cannot overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong MultiplyAdd(ulong accumulator, ulong a, ulong b, ref ulong carry)
    {
        var low = a * b;
        var high = MultiplyHigh(a, b);
        var sum = low + accumulator;
        high += Less(sum, low);
        var result = sum + carry;
        carry = high + Less(result, sum);
        return result;
    }

    /// <summary>Wipes a value that held a secret, in a way the compiler keeps.</summary>
    internal static void Wipe<T>(ref T value)
        where T : unmanaged => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<T>(ref value)));
}
