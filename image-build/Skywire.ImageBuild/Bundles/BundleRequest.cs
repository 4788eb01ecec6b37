// What a person asked to be bundled, and what came of it.
namespace Skywire.ImageBuild.Bundles;

/// <summary>One bundle. <paramref name="Keyring"/>: what boards in the field trust; the bundle is checked against it. Null: not checked.</summary>
internal sealed record BundleRequest(BuildResult Image, SigningIdentity Signer, string? Keyring, string Channel, string? MinVersion, string Changelog, string OutputFolder);

/// <summary>What was made. Sizes in bytes, times in seconds; <paramref name="Verified"/>: RAUC took it with the keyring.</summary>
internal sealed record BundleResult(string Bundle, string Blocks, string Feed, string Compatible, string Version, string? MinVersion, string Channel, long Bytes, string Sha256, long BlocksBytes, long PayloadOffset, long PayloadBytes, bool DevelopmentKeys, bool Verified, double Seconds, IReadOnlyList<BuildStep> Steps);
