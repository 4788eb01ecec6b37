// The compression of RIPEMD-160, unrolled: every step has its own message word and rotation, and tables of them cost more than the step.
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

public static partial class Ripemd160
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Left0(ref Line line, in Words x)
    {
        var (a, b, c, d, e) = (line.A, line.B, line.C, line.D, line.E);
        Step(ref a, F0(b, c, d) + x[0], 11, e, ref c);
        Step(ref e, F0(a, b, c) + x[1], 14, d, ref b);
        Step(ref d, F0(e, a, b) + x[2], 15, c, ref a);
        Step(ref c, F0(d, e, a) + x[3], 12, b, ref e);
        Step(ref b, F0(c, d, e) + x[4], 5, a, ref d);
        Step(ref a, F0(b, c, d) + x[5], 8, e, ref c);
        Step(ref e, F0(a, b, c) + x[6], 7, d, ref b);
        Step(ref d, F0(e, a, b) + x[7], 9, c, ref a);
        Step(ref c, F0(d, e, a) + x[8], 11, b, ref e);
        Step(ref b, F0(c, d, e) + x[9], 13, a, ref d);
        Step(ref a, F0(b, c, d) + x[10], 14, e, ref c);
        Step(ref e, F0(a, b, c) + x[11], 15, d, ref b);
        Step(ref d, F0(e, a, b) + x[12], 6, c, ref a);
        Step(ref c, F0(d, e, a) + x[13], 7, b, ref e);
        Step(ref b, F0(c, d, e) + x[14], 9, a, ref d);
        Step(ref a, F0(b, c, d) + x[15], 8, e, ref c);
        (line.A, line.B, line.C, line.D, line.E) = (a, b, c, d, e);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Left1(ref Line line, in Words x)
    {
        var (a, b, c, d, e) = (line.A, line.B, line.C, line.D, line.E);
        const uint K = 0x5A827999;
        Step(ref e, F1(a, b, c) + x[7] + K, 7, d, ref b);
        Step(ref d, F1(e, a, b) + x[4] + K, 6, c, ref a);
        Step(ref c, F1(d, e, a) + x[13] + K, 8, b, ref e);
        Step(ref b, F1(c, d, e) + x[1] + K, 13, a, ref d);
        Step(ref a, F1(b, c, d) + x[10] + K, 11, e, ref c);
        Step(ref e, F1(a, b, c) + x[6] + K, 9, d, ref b);
        Step(ref d, F1(e, a, b) + x[15] + K, 7, c, ref a);
        Step(ref c, F1(d, e, a) + x[3] + K, 15, b, ref e);
        Step(ref b, F1(c, d, e) + x[12] + K, 7, a, ref d);
        Step(ref a, F1(b, c, d) + x[0] + K, 12, e, ref c);
        Step(ref e, F1(a, b, c) + x[9] + K, 15, d, ref b);
        Step(ref d, F1(e, a, b) + x[5] + K, 9, c, ref a);
        Step(ref c, F1(d, e, a) + x[2] + K, 11, b, ref e);
        Step(ref b, F1(c, d, e) + x[14] + K, 7, a, ref d);
        Step(ref a, F1(b, c, d) + x[11] + K, 13, e, ref c);
        Step(ref e, F1(a, b, c) + x[8] + K, 12, d, ref b);
        (line.A, line.B, line.C, line.D, line.E) = (a, b, c, d, e);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Left2(ref Line line, in Words x)
    {
        var (a, b, c, d, e) = (line.A, line.B, line.C, line.D, line.E);
        const uint K = 0x6ED9EBA1;
        Step(ref d, F2(e, a, b) + x[3] + K, 11, c, ref a);
        Step(ref c, F2(d, e, a) + x[10] + K, 13, b, ref e);
        Step(ref b, F2(c, d, e) + x[14] + K, 6, a, ref d);
        Step(ref a, F2(b, c, d) + x[4] + K, 7, e, ref c);
        Step(ref e, F2(a, b, c) + x[9] + K, 14, d, ref b);
        Step(ref d, F2(e, a, b) + x[15] + K, 9, c, ref a);
        Step(ref c, F2(d, e, a) + x[8] + K, 13, b, ref e);
        Step(ref b, F2(c, d, e) + x[1] + K, 15, a, ref d);
        Step(ref a, F2(b, c, d) + x[2] + K, 14, e, ref c);
        Step(ref e, F2(a, b, c) + x[7] + K, 8, d, ref b);
        Step(ref d, F2(e, a, b) + x[0] + K, 13, c, ref a);
        Step(ref c, F2(d, e, a) + x[6] + K, 6, b, ref e);
        Step(ref b, F2(c, d, e) + x[13] + K, 5, a, ref d);
        Step(ref a, F2(b, c, d) + x[11] + K, 12, e, ref c);
        Step(ref e, F2(a, b, c) + x[5] + K, 7, d, ref b);
        Step(ref d, F2(e, a, b) + x[12] + K, 5, c, ref a);
        (line.A, line.B, line.C, line.D, line.E) = (a, b, c, d, e);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Left3(ref Line line, in Words x)
    {
        var (a, b, c, d, e) = (line.A, line.B, line.C, line.D, line.E);
        const uint K = 0x8F1BBCDC;
        Step(ref c, F3(d, e, a) + x[1] + K, 11, b, ref e);
        Step(ref b, F3(c, d, e) + x[9] + K, 12, a, ref d);
        Step(ref a, F3(b, c, d) + x[11] + K, 14, e, ref c);
        Step(ref e, F3(a, b, c) + x[10] + K, 15, d, ref b);
        Step(ref d, F3(e, a, b) + x[0] + K, 14, c, ref a);
        Step(ref c, F3(d, e, a) + x[8] + K, 15, b, ref e);
        Step(ref b, F3(c, d, e) + x[12] + K, 9, a, ref d);
        Step(ref a, F3(b, c, d) + x[4] + K, 8, e, ref c);
        Step(ref e, F3(a, b, c) + x[13] + K, 9, d, ref b);
        Step(ref d, F3(e, a, b) + x[3] + K, 14, c, ref a);
        Step(ref c, F3(d, e, a) + x[7] + K, 5, b, ref e);
        Step(ref b, F3(c, d, e) + x[15] + K, 6, a, ref d);
        Step(ref a, F3(b, c, d) + x[14] + K, 8, e, ref c);
        Step(ref e, F3(a, b, c) + x[5] + K, 6, d, ref b);
        Step(ref d, F3(e, a, b) + x[6] + K, 5, c, ref a);
        Step(ref c, F3(d, e, a) + x[2] + K, 12, b, ref e);
        (line.A, line.B, line.C, line.D, line.E) = (a, b, c, d, e);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Left4(ref Line line, in Words x)
    {
        var (a, b, c, d, e) = (line.A, line.B, line.C, line.D, line.E);
        const uint K = 0xA953FD4E;
        Step(ref b, F4(c, d, e) + x[4] + K, 9, a, ref d);
        Step(ref a, F4(b, c, d) + x[0] + K, 15, e, ref c);
        Step(ref e, F4(a, b, c) + x[5] + K, 5, d, ref b);
        Step(ref d, F4(e, a, b) + x[9] + K, 11, c, ref a);
        Step(ref c, F4(d, e, a) + x[7] + K, 6, b, ref e);
        Step(ref b, F4(c, d, e) + x[12] + K, 8, a, ref d);
        Step(ref a, F4(b, c, d) + x[2] + K, 13, e, ref c);
        Step(ref e, F4(a, b, c) + x[10] + K, 12, d, ref b);
        Step(ref d, F4(e, a, b) + x[14] + K, 5, c, ref a);
        Step(ref c, F4(d, e, a) + x[1] + K, 12, b, ref e);
        Step(ref b, F4(c, d, e) + x[3] + K, 13, a, ref d);
        Step(ref a, F4(b, c, d) + x[8] + K, 14, e, ref c);
        Step(ref e, F4(a, b, c) + x[11] + K, 11, d, ref b);
        Step(ref d, F4(e, a, b) + x[6] + K, 8, c, ref a);
        Step(ref c, F4(d, e, a) + x[15] + K, 5, b, ref e);
        Step(ref b, F4(c, d, e) + x[13] + K, 6, a, ref d);
        (line.A, line.B, line.C, line.D, line.E) = (a, b, c, d, e);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Right0(ref Line line, in Words x)
    {
        var (a, b, c, d, e) = (line.A, line.B, line.C, line.D, line.E);
        const uint K = 0x50A28BE6;
        Step(ref a, F4(b, c, d) + x[5] + K, 8, e, ref c);
        Step(ref e, F4(a, b, c) + x[14] + K, 9, d, ref b);
        Step(ref d, F4(e, a, b) + x[7] + K, 9, c, ref a);
        Step(ref c, F4(d, e, a) + x[0] + K, 11, b, ref e);
        Step(ref b, F4(c, d, e) + x[9] + K, 13, a, ref d);
        Step(ref a, F4(b, c, d) + x[2] + K, 15, e, ref c);
        Step(ref e, F4(a, b, c) + x[11] + K, 15, d, ref b);
        Step(ref d, F4(e, a, b) + x[4] + K, 5, c, ref a);
        Step(ref c, F4(d, e, a) + x[13] + K, 7, b, ref e);
        Step(ref b, F4(c, d, e) + x[6] + K, 7, a, ref d);
        Step(ref a, F4(b, c, d) + x[15] + K, 8, e, ref c);
        Step(ref e, F4(a, b, c) + x[8] + K, 11, d, ref b);
        Step(ref d, F4(e, a, b) + x[1] + K, 14, c, ref a);
        Step(ref c, F4(d, e, a) + x[10] + K, 14, b, ref e);
        Step(ref b, F4(c, d, e) + x[3] + K, 12, a, ref d);
        Step(ref a, F4(b, c, d) + x[12] + K, 6, e, ref c);
        (line.A, line.B, line.C, line.D, line.E) = (a, b, c, d, e);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Right1(ref Line line, in Words x)
    {
        var (a, b, c, d, e) = (line.A, line.B, line.C, line.D, line.E);
        const uint K = 0x5C4DD124;
        Step(ref e, F3(a, b, c) + x[6] + K, 9, d, ref b);
        Step(ref d, F3(e, a, b) + x[11] + K, 13, c, ref a);
        Step(ref c, F3(d, e, a) + x[3] + K, 15, b, ref e);
        Step(ref b, F3(c, d, e) + x[7] + K, 7, a, ref d);
        Step(ref a, F3(b, c, d) + x[0] + K, 12, e, ref c);
        Step(ref e, F3(a, b, c) + x[13] + K, 8, d, ref b);
        Step(ref d, F3(e, a, b) + x[5] + K, 9, c, ref a);
        Step(ref c, F3(d, e, a) + x[10] + K, 11, b, ref e);
        Step(ref b, F3(c, d, e) + x[14] + K, 7, a, ref d);
        Step(ref a, F3(b, c, d) + x[15] + K, 7, e, ref c);
        Step(ref e, F3(a, b, c) + x[8] + K, 12, d, ref b);
        Step(ref d, F3(e, a, b) + x[12] + K, 7, c, ref a);
        Step(ref c, F3(d, e, a) + x[4] + K, 6, b, ref e);
        Step(ref b, F3(c, d, e) + x[9] + K, 15, a, ref d);
        Step(ref a, F3(b, c, d) + x[1] + K, 13, e, ref c);
        Step(ref e, F3(a, b, c) + x[2] + K, 11, d, ref b);
        (line.A, line.B, line.C, line.D, line.E) = (a, b, c, d, e);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Right2(ref Line line, in Words x)
    {
        var (a, b, c, d, e) = (line.A, line.B, line.C, line.D, line.E);
        const uint K = 0x6D703EF3;
        Step(ref d, F2(e, a, b) + x[15] + K, 9, c, ref a);
        Step(ref c, F2(d, e, a) + x[5] + K, 7, b, ref e);
        Step(ref b, F2(c, d, e) + x[1] + K, 15, a, ref d);
        Step(ref a, F2(b, c, d) + x[3] + K, 11, e, ref c);
        Step(ref e, F2(a, b, c) + x[7] + K, 8, d, ref b);
        Step(ref d, F2(e, a, b) + x[14] + K, 6, c, ref a);
        Step(ref c, F2(d, e, a) + x[6] + K, 6, b, ref e);
        Step(ref b, F2(c, d, e) + x[9] + K, 14, a, ref d);
        Step(ref a, F2(b, c, d) + x[11] + K, 12, e, ref c);
        Step(ref e, F2(a, b, c) + x[8] + K, 13, d, ref b);
        Step(ref d, F2(e, a, b) + x[12] + K, 5, c, ref a);
        Step(ref c, F2(d, e, a) + x[2] + K, 14, b, ref e);
        Step(ref b, F2(c, d, e) + x[10] + K, 13, a, ref d);
        Step(ref a, F2(b, c, d) + x[0] + K, 13, e, ref c);
        Step(ref e, F2(a, b, c) + x[4] + K, 7, d, ref b);
        Step(ref d, F2(e, a, b) + x[13] + K, 5, c, ref a);
        (line.A, line.B, line.C, line.D, line.E) = (a, b, c, d, e);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Right3(ref Line line, in Words x)
    {
        var (a, b, c, d, e) = (line.A, line.B, line.C, line.D, line.E);
        const uint K = 0x7A6D76E9;
        Step(ref c, F1(d, e, a) + x[8] + K, 15, b, ref e);
        Step(ref b, F1(c, d, e) + x[6] + K, 5, a, ref d);
        Step(ref a, F1(b, c, d) + x[4] + K, 8, e, ref c);
        Step(ref e, F1(a, b, c) + x[1] + K, 11, d, ref b);
        Step(ref d, F1(e, a, b) + x[3] + K, 14, c, ref a);
        Step(ref c, F1(d, e, a) + x[11] + K, 14, b, ref e);
        Step(ref b, F1(c, d, e) + x[15] + K, 6, a, ref d);
        Step(ref a, F1(b, c, d) + x[0] + K, 14, e, ref c);
        Step(ref e, F1(a, b, c) + x[5] + K, 6, d, ref b);
        Step(ref d, F1(e, a, b) + x[12] + K, 9, c, ref a);
        Step(ref c, F1(d, e, a) + x[2] + K, 12, b, ref e);
        Step(ref b, F1(c, d, e) + x[13] + K, 9, a, ref d);
        Step(ref a, F1(b, c, d) + x[9] + K, 12, e, ref c);
        Step(ref e, F1(a, b, c) + x[7] + K, 5, d, ref b);
        Step(ref d, F1(e, a, b) + x[10] + K, 15, c, ref a);
        Step(ref c, F1(d, e, a) + x[14] + K, 8, b, ref e);
        (line.A, line.B, line.C, line.D, line.E) = (a, b, c, d, e);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Right4(ref Line line, in Words x)
    {
        var (a, b, c, d, e) = (line.A, line.B, line.C, line.D, line.E);
        Step(ref b, F0(c, d, e) + x[12], 8, a, ref d);
        Step(ref a, F0(b, c, d) + x[15], 5, e, ref c);
        Step(ref e, F0(a, b, c) + x[10], 12, d, ref b);
        Step(ref d, F0(e, a, b) + x[4], 9, c, ref a);
        Step(ref c, F0(d, e, a) + x[1], 12, b, ref e);
        Step(ref b, F0(c, d, e) + x[5], 5, a, ref d);
        Step(ref a, F0(b, c, d) + x[8], 14, e, ref c);
        Step(ref e, F0(a, b, c) + x[7], 6, d, ref b);
        Step(ref d, F0(e, a, b) + x[6], 8, c, ref a);
        Step(ref c, F0(d, e, a) + x[2], 13, b, ref e);
        Step(ref b, F0(c, d, e) + x[13], 6, a, ref d);
        Step(ref a, F0(b, c, d) + x[14], 5, e, ref c);
        Step(ref e, F0(a, b, c) + x[0], 15, d, ref b);
        Step(ref d, F0(e, a, b) + x[3], 13, c, ref a);
        Step(ref c, F0(d, e, a) + x[9], 11, b, ref e);
        Step(ref b, F0(c, d, e) + x[11], 11, a, ref d);
        (line.A, line.B, line.C, line.D, line.E) = (a, b, c, d, e);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint F0(uint x, uint y, uint z) => x ^ y ^ z;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint F1(uint x, uint y, uint z) => (x & y) | (~x & z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint F2(uint x, uint y, uint z) => (x | ~y) ^ z;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint F3(uint x, uint y, uint z) => (x & z) | (y & ~z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint F4(uint x, uint y, uint z) => x ^ (y | ~z);

    // a = rol(a + f + x + k) + e; c = rol(c, 10). The names turn instead of the values.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(ref uint a, uint added, int shift, uint e, ref uint c)
    {
        a = uint.RotateLeft(a + added, shift) + e;
        c = uint.RotateLeft(c, 10);
    }

    // One of the two lines of five words.
    private struct Line
    {
        internal uint A;
        internal uint B;
        internal uint C;
        internal uint D;
        internal uint E;
    }

    // The message words of a block.
    [InlineArray(16)]
    private struct Words
    {
        private uint _first;
    }
}
