// Which code runs ChaCha20-Poly1305 on this processor: decided here once, and nowhere else.
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Skywire.Crypto;

/// <summary>The implementations of ChaCha20-Poly1305. All give the same bytes.</summary>
internal enum AeadKernel
{
    /// <summary>Plain 32- and 64-bit words; runs everywhere and is what the others are compared with.</summary>
    Scalar,

    /// <summary>x86 with SSSE3: 4 blocks a pass, scalar Poly1305 (two lanes lose to it there).</summary>
    Vector128,

    /// <summary>x86 with AVX2: 8 blocks a pass, Poly1305 in 4 lanes.</summary>
    Vector256,

    /// <summary>x86 with AVX-512: 16 blocks a pass, Poly1305 in 8 lanes.</summary>
    Vector512,

    /// <summary>ARM64: 4 blocks a pass, Poly1305 in 4 lanes by widening multiplications.</summary>
    AdvSimd,
}

/// <summary>What this processor can run and what it should.</summary>
internal static class AeadKernels
{
    /// <summary>The fastest kernel this processor has.</summary>
    internal static AeadKernel Best { get; } = Choose();

    /// <summary>True when the kernel can run here.</summary>
    internal static bool IsSupported(AeadKernel kernel) => kernel switch
    {
        AeadKernel.Scalar => true,
        AeadKernel.Vector128 => Ssse3.IsSupported,
        AeadKernel.Vector256 => Avx2.IsSupported,
        AeadKernel.Vector512 => Avx512F.IsSupported && Avx512F.VL.IsSupported,
        AeadKernel.AdvSimd => AdvSimd.Arm64.IsSupported,
        _ => false,
    };

    private static AeadKernel Choose()
    {
        // IsHardwareAccelerated rather than IsSupported: it is false where the runtime knows that wide vectors lower the clock.
        if (Vector512.IsHardwareAccelerated && IsSupported(AeadKernel.Vector512))
        {
            return AeadKernel.Vector512;
        }

        ReadOnlySpan<AeadKernel> rest = [AeadKernel.Vector256, AeadKernel.Vector128, AeadKernel.AdvSimd];
        foreach (var kernel in rest)
        {
            if (IsSupported(kernel))
            {
                return kernel;
            }
        }

        return AeadKernel.Scalar;
    }
}
