// SHA-256's compression by ARM64's instructions for it.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using ArmSha256 = System.Runtime.Intrinsics.Arm.Sha256;

namespace Skywire.Crypto;

/// <summary>Equals <see cref="Sha256Scalar"/>. Callers have checked that the processor has the instructions.</summary>
internal static class Sha256Arm64
{
    /// <summary>Takes whole blocks into the state of 8 words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Compress(ref uint state, ref byte data, int blocks)
    {
        ref var k = ref MemoryMarshal.GetReference(Sha256Constants.Rounds);
        var abcd = Vector128.LoadUnsafe(ref state);
        var efgh = Vector128.LoadUnsafe(ref state, 4);
        for (; blocks > 0; blocks--, data = ref Unsafe.Add(ref data, Sha256State.BlockSize))
        {
            var (abcd0, efgh0) = (abcd, efgh);
            Vector128<uint> w0 = Load(ref data, 0), w1 = Load(ref data, 16), w2 = Load(ref data, 32), w3 = Load(ref data, 48);

            // Sixteen rounds a turn; the last turn needs no further schedule.
            for (nuint i = 0; i < 48; i += 16)
            {
                FourRounds(ref abcd, ref efgh, w0 + Vector128.LoadUnsafe(ref k, i));
                w0 = ArmSha256.ScheduleUpdate1(ArmSha256.ScheduleUpdate0(w0, w1), w2, w3);
                FourRounds(ref abcd, ref efgh, w1 + Vector128.LoadUnsafe(ref k, i + 4));
                w1 = ArmSha256.ScheduleUpdate1(ArmSha256.ScheduleUpdate0(w1, w2), w3, w0);
                FourRounds(ref abcd, ref efgh, w2 + Vector128.LoadUnsafe(ref k, i + 8));
                w2 = ArmSha256.ScheduleUpdate1(ArmSha256.ScheduleUpdate0(w2, w3), w0, w1);
                FourRounds(ref abcd, ref efgh, w3 + Vector128.LoadUnsafe(ref k, i + 12));
                w3 = ArmSha256.ScheduleUpdate1(ArmSha256.ScheduleUpdate0(w3, w0), w1, w2);
            }

            FourRounds(ref abcd, ref efgh, w0 + Vector128.LoadUnsafe(ref k, 48));
            FourRounds(ref abcd, ref efgh, w1 + Vector128.LoadUnsafe(ref k, 52));
            FourRounds(ref abcd, ref efgh, w2 + Vector128.LoadUnsafe(ref k, 56));
            FourRounds(ref abcd, ref efgh, w3 + Vector128.LoadUnsafe(ref k, 60));
            abcd += abcd0;
            efgh += efgh0;
        }

        abcd.StoreUnsafe(ref state);
        efgh.StoreUnsafe(ref state, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Load(ref byte data, nuint offset) => AdvSimd.ReverseElement8(Vector128.LoadUnsafe(ref data, offset).AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourRounds(ref Vector128<uint> abcd, ref Vector128<uint> efgh, Vector128<uint> words)
    {
        var before = abcd;
        abcd = ArmSha256.HashUpdate1(abcd, efgh, words);
        efgh = ArmSha256.HashUpdate2(efgh, before, words);
    }
}
