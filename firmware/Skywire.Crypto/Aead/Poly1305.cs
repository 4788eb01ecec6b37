// Which form of Poly1305 authenticates a packet.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skywire.Crypto;

/// <summary>The tag of RFC 8439 section 2.8 over associated data and ciphertext, by the chosen kernel.</summary>
internal static class Poly1305
{
    /// <summary>Writes the 16-byte tag. The one-time key is wiped from the stack but not from <paramref name="oneTimeKey"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Authenticate(AeadKernel kernel, ReadOnlySpan<byte> oneTimeKey, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> tag)
    {
        if (associatedData.Length == 0 && ciphertext.Length < ShortSize(kernel))
        {
            Poly1305Scalar.Authenticate(ref MemoryMarshal.GetReference(oneTimeKey), ref MemoryMarshal.GetReference(ciphertext), ciphertext.Length, ref MemoryMarshal.GetReference(tag));
            return;
        }

        var mac = new Poly1305Scalar(oneTimeKey);
        if (associatedData.Length > 0)
        {
            mac.AppendPadded(associatedData);
        }

        switch (kernel)
        {
            case AeadKernel.Vector512 when ciphertext.Length >= Poly1305Vector512.MinSize:
                Poly1305Vector512.AppendToEnd(ref mac, ciphertext, (ulong)associatedData.Length);
                break;
            case AeadKernel.Vector512 or AeadKernel.Vector256 when ciphertext.Length >= Poly1305Vector256.MinSize:
                Poly1305Vector256.AppendToEnd(ref mac, ciphertext, (ulong)associatedData.Length);
                break;
            case AeadKernel.AdvSimd when ciphertext.Length >= Poly1305AdvSimd.MinSize:
                Poly1305AdvSimd.AppendToEnd(ref mac, ciphertext, (ulong)associatedData.Length);
                break;
            default:
                mac.AppendPadded(ciphertext);
                mac.AppendLengths((ulong)associatedData.Length, (ulong)ciphertext.Length);
                break;
        }

        mac.Finish(tag);
        ConstantTime.Wipe(ref mac);
    }

    // Shorter ciphertexts are left to words by every kernel.
    private static int ShortSize(AeadKernel kernel) => kernel switch
    {
        AeadKernel.Vector512 or AeadKernel.Vector256 => Poly1305Vector256.MinSize,
        AeadKernel.AdvSimd => Poly1305AdvSimd.MinSize,
        _ => int.MaxValue,
    };
}
