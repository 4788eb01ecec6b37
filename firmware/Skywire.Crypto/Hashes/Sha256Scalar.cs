// SHA-256's compression in plain words, for x86, whose SHA instructions .NET does not expose, and as the yardstick of the ARM64 form.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Skywire.Crypto;

/// <summary>FIPS 180-4 section 6.2.2: rounds in plain words, the schedule beside them in vectors. Constant time: no branch or address depends on the data.</summary>
internal static class Sha256Scalar
{
    private const int RoundCount = 64;

    /// <summary>Takes whole blocks into the state of 8 words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Compress(ref uint state, ref byte data, int blocks)
    {
        ref var k = ref MemoryMarshal.GetReference(Sha256Constants.Rounds);

        // Four words of the schedule with their round constants, on the way from vectors to plain registers.
        var passage = Vector128<uint>.Zero;
        ref var words = ref Unsafe.As<Vector128<uint>, uint>(ref passage);
        for (; blocks > 0; blocks--, data = ref Unsafe.Add(ref data, Sha256State.BlockSize))
        {
            Vector128<uint> w0 = Sha256Schedule.Load(ref data, 0), w1 = Sha256Schedule.Load(ref data, 16);
            Vector128<uint> w2 = Sha256Schedule.Load(ref data, 32), w3 = Sha256Schedule.Load(ref data, 48);
            uint a = state, b = Word(ref state, 1), c = Word(ref state, 2), d = Word(ref state, 3);
            uint e = Word(ref state, 4), f = Word(ref state, 5), g = Word(ref state, 6), h = Word(ref state, 7);

            // Names turn instead of values. The last turn makes words nobody needs: they cost nothing in the shadow of the rounds.
            for (nuint i = 0; i < RoundCount; i += 16)
            {
                (w0 + Vector128.LoadUnsafe(ref k, i)).StoreUnsafe(ref words);
                Round(a, b, c, ref d, e, f, g, ref h, words);
                Round(h, a, b, ref c, d, e, f, ref g, Unsafe.Add(ref words, 1));
                Round(g, h, a, ref b, c, d, e, ref f, Unsafe.Add(ref words, 2));
                Round(f, g, h, ref a, b, c, d, ref e, Unsafe.Add(ref words, 3));
                w0 = Sha256Schedule.Next(w0, w1, w2, w3);
                (w1 + Vector128.LoadUnsafe(ref k, i + 4)).StoreUnsafe(ref words);
                Round(e, f, g, ref h, a, b, c, ref d, words);
                Round(d, e, f, ref g, h, a, b, ref c, Unsafe.Add(ref words, 1));
                Round(c, d, e, ref f, g, h, a, ref b, Unsafe.Add(ref words, 2));
                Round(b, c, d, ref e, f, g, h, ref a, Unsafe.Add(ref words, 3));
                w1 = Sha256Schedule.Next(w1, w2, w3, w0);
                (w2 + Vector128.LoadUnsafe(ref k, i + 8)).StoreUnsafe(ref words);
                Round(a, b, c, ref d, e, f, g, ref h, words);
                Round(h, a, b, ref c, d, e, f, ref g, Unsafe.Add(ref words, 1));
                Round(g, h, a, ref b, c, d, e, ref f, Unsafe.Add(ref words, 2));
                Round(f, g, h, ref a, b, c, d, ref e, Unsafe.Add(ref words, 3));
                w2 = Sha256Schedule.Next(w2, w3, w0, w1);
                (w3 + Vector128.LoadUnsafe(ref k, i + 12)).StoreUnsafe(ref words);
                Round(e, f, g, ref h, a, b, c, ref d, words);
                Round(d, e, f, ref g, h, a, b, ref c, Unsafe.Add(ref words, 1));
                Round(c, d, e, ref f, g, h, a, ref b, Unsafe.Add(ref words, 2));
                Round(b, c, d, ref e, f, g, h, ref a, Unsafe.Add(ref words, 3));
                w3 = Sha256Schedule.Next(w3, w0, w1, w2);
            }

            state += a;
            Word(ref state, 1) += b;
            Word(ref state, 2) += c;
            Word(ref state, 3) += d;
            Word(ref state, 4) += e;
            Word(ref state, 5) += f;
            Word(ref state, 6) += g;
            Word(ref state, 7) += h;
        }

        // The message may be a key.
        ConstantTime.Wipe(ref passage);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref uint Word(ref uint words, int index) => ref Unsafe.Add(ref words, index);

    // h becomes the next a, d the next e.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, uint word)
    {
        var t = h + word + (uint.RotateRight(e, 6) ^ uint.RotateRight(e, 11) ^ uint.RotateRight(e, 25)) + (g ^ (e & (f ^ g)));
        d += t;
        h = t + (uint.RotateRight(a, 2) ^ uint.RotateRight(a, 13) ^ uint.RotateRight(a, 22)) + ((a & b) ^ (c & (a ^ b)));
    }
}
