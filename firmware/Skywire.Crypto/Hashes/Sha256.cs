// SHA-256 for short inputs: Noise hashes 32 to 128 bytes, where calling the platform costs three times the hash.
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ArmSha256 = System.Runtime.Intrinsics.Arm.Sha256;

namespace Skywire.Crypto;

/// <summary>SHA-256 (FIPS 180-4). Same results as the platform's; constant time in the content. Allocates nothing.</summary>
public static class Sha256
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashSize = 32;

    // From four blocks on the platform's instructions make up for its call; ARM64 has them here too.
    private const int PlatformSize = 184;

    /// <summary>Writes the 32-byte hash of <paramref name="source"/>, which may overlap it.</summary>
    public static void HashData(ReadOnlySpan<byte> source, Span<byte> destination) => HashData(source, [], destination);

    /// <summary>Writes the 32-byte hash of <paramref name="first"/> || <paramref name="second"/>, either of which may overlap it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void HashData(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> destination)
    {
        if (destination.Length < HashSize)
        {
            throw new ArgumentException("shorter than a hash", nameof(destination));
        }

        if (second.IsEmpty && first.Length >= PlatformSize && !ArmSha256.IsSupported)
        {
            SHA256.HashData(first, destination);
            return;
        }

        var state = Sha256State.Initial;
        state.Append(first);
        state.Append(second);
        state.Finish(destination);

        // The message may be a shared secret.
        ConstantTime.Wipe(ref state);
    }
}
