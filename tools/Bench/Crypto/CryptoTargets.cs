// What is asked of the firmware's primitives, as time ratios to peers measured in the same run.
using Skywire.Bench.Measuring;
using Skywire.Bench.Peers;

namespace Skywire.Bench.Crypto;

/// <summary>The tables of targets.</summary>
internal static class CryptoTargets
{
    /// <summary>Both sides of a Noise KK handshake in the reference, quietest run: an anchor from another day, not a peer of this run.</summary>
    public const double ReferenceHandshakeNanoseconds = 4_800_000;

    /// <summary>Share of that the firmware may take, and hopes to.</summary>
    public const double HandshakeMust = 0.15, HandshakeAmbition = 0.10;

    /// <summary>Key agreements per second and core on an ordinary PC: a sanity line.</summary>
    public const double EcdhPerSecond = 15_000;

    // One value per size of AeadSubjects.Sizes. Seal and open carry the same targets.
    private static readonly double[] PlatformMust512 = [0.30, 0.32, 0.65, 0.60, 1.00];
    private static readonly double[] PlatformAmbition512 = [0.22, 0.25, 0.45, 0.45, 0.85];
    private static readonly double[] PlatformMust256 = [0.45, 0.50, 0.95, 1.00, 1.60];
    private static readonly double[] PlatformAmbition256 = [0.30, 0.35, 0.70, 0.75, 1.20];
    private static readonly double[] SodiumMust512 = [0.60, 0.55, 0.65, 0.45, 0.40];

    // Set when BouncyCastle was measured before its code was compiled for good, at up to three times its settled time; too strict to gate on.
    private static readonly double[] BouncyMust = [0.20, 0.35, 0.33, 0.33, 0.25];

    private static readonly Target[] Curve =
    [
        new(CurveSubjects.Group, CurveSubjects.Ecdh, NativePeer.Secp256k1.Name, 1.8, 1.4),
        new(CurveSubjects.Group, CurveSubjects.Sign, NativePeer.Secp256k1.Name, 2.2, 1.6),
        new(CurveSubjects.Group, CurveSubjects.Verify, NativePeer.Secp256k1.Name, 1.8, 1.4),
        new(CurveSubjects.Group, CurveSubjects.Recover, NativePeer.Secp256k1.Name, 1.9, 1.4),
        new(CurveSubjects.Group, CurveSubjects.KeyGeneration, NativePeer.Secp256k1.Name, 2.2, 1.6),
    ];

    // Of RIPEMD-160 is asked 1.15 times the Go reference, which took 1.27 and 1.30 times OpenSSL's time on the same machine.
    private static readonly Target[] Hashes =
    [
        new(HashSubjects.Sha, AeadSubjects.Label(32), AeadSubjects.Platform, 0.85, null),
        new(HashSubjects.Sha, AeadSubjects.Label(64), AeadSubjects.Platform, 0.85, null),
        new(HashSubjects.Sha, AeadSubjects.Label(128), AeadSubjects.Platform, 0.85, null),
        new(HashSubjects.Sha, AeadSubjects.Label(1024), AeadSubjects.Platform, 1.05, null),
        new(HashSubjects.Ripemd, AeadSubjects.Label(64), NativePeer.OpenSsl.Name, 1.46, null),
        new(HashSubjects.Ripemd, AeadSubjects.Label(1024), NativePeer.OpenSsl.Name, 1.50, null),
    ];

    /// <summary>The targets that hold on a machine with the given vector widths; none of the AEAD's where not even 256 bits are there.</summary>
    public static IReadOnlyList<Target> For(bool has512, bool has256)
    {
        var targets = new List<Target>();
        foreach (var group in (string[])[AeadSubjects.Seal, AeadSubjects.Open])
        {
            for (var i = 0; has256 && i < AeadSubjects.Sizes.Count; i++)
            {
                var column = AeadSubjects.Label(AeadSubjects.Sizes[i]);
                targets.Add(has512
                    ? new Target(group, column, AeadSubjects.Platform, PlatformMust512[i], PlatformAmbition512[i])
                    : new Target(group, column, AeadSubjects.Platform, PlatformMust256[i], PlatformAmbition256[i]));
                if (has512)
                {
                    targets.Add(new Target(group, column, NativePeer.Sodium.Name, SodiumMust512[i], null));
                }

                targets.Add(new Target(group, column, Bouncy.Name, BouncyMust[i], null, IsGated: false));
            }
        }

        if (has512)
        {
            // Stands for ARM64 as far as x86 can: four blocks a pass with 32 registers. Shown only where wider kernels run.
            targets.Add(new Target(AeadSubjects.SealBy128, AeadSubjects.Label(1024), AeadSubjects.Platform, 1.15, null));
        }

        return [.. targets, .. Curve, .. Hashes];
    }
}
