// SHA-256's compression in plain words, for x86, whose SHA instructions .NET does not expose, and as the yardstick of the ARM64 form.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>FIPS 180-4 section 6.2.2. Constant time: no branch or address depends on the data.</summary>
internal static class Sha256Scalar
{
    private const int BlockSize = Sha256State.BlockSize;
    private const int RoundCount = 64;

    /// <summary>Takes whole blocks into the state of 8 words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Compress(ref uint state, ref byte data, int blocks)
    {
        // The message schedule.
        Span<uint> schedule = stackalloc uint[RoundCount];
        ref var w = ref MemoryMarshal.GetReference(schedule);
        ref var k = ref MemoryMarshal.GetReference(Sha256Constants.Rounds);
        for (; blocks > 0; blocks--, data = ref Unsafe.Add(ref data, BlockSize))
        {
            for (var i = 0; i < 16; i++)
            {
                Unsafe.Add(ref w, i) = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref data, i * sizeof(uint))));
            }

            uint a = state, b = Word(ref state, 1), c = Word(ref state, 2), d = Word(ref state, 3);
            uint e = Word(ref state, 4), f = Word(ref state, 5), g = Word(ref state, 6), h = Word(ref state, 7);
            for (var i = 0; i < RoundCount; i += 8)
            {
                if (i >= 16)
                {
                    for (var j = i; j < i + 8; j++)
                    {
                        var x = Word(ref w, j - 15);
                        var y = Word(ref w, j - 2);
                        var sigma0 = uint.RotateRight(x, 7) ^ uint.RotateRight(x, 18) ^ (x >> 3);
                        var sigma1 = uint.RotateRight(y, 17) ^ uint.RotateRight(y, 19) ^ (y >> 10);
                        Word(ref w, j) = Word(ref w, j - 16) + sigma0 + Word(ref w, j - 7) + sigma1;
                    }
                }

                // The names turn instead of the values.
                Round(a, b, c, ref d, e, f, g, ref h, Word(ref w, i + 0) + Word(ref k, i + 0));
                Round(h, a, b, ref c, d, e, f, ref g, Word(ref w, i + 1) + Word(ref k, i + 1));
                Round(g, h, a, ref b, c, d, e, ref f, Word(ref w, i + 2) + Word(ref k, i + 2));
                Round(f, g, h, ref a, b, c, d, ref e, Word(ref w, i + 3) + Word(ref k, i + 3));
                Round(e, f, g, ref h, a, b, c, ref d, Word(ref w, i + 4) + Word(ref k, i + 4));
                Round(d, e, f, ref g, h, a, b, ref c, Word(ref w, i + 5) + Word(ref k, i + 5));
                Round(c, d, e, ref f, g, h, a, ref b, Word(ref w, i + 6) + Word(ref k, i + 6));
                Round(b, c, d, ref e, f, g, h, ref a, Word(ref w, i + 7) + Word(ref k, i + 7));
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
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(schedule));
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
