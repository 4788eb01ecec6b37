// One bundle a feed offers. Nothing of it is trusted: the bundle's signature is.
using Skywire.Update.Versions;

namespace Skywire.Update.Feed;

/// <summary>A bundle on offer.</summary>
public sealed record FeedBundle
{
    /// <summary>Boards it is for.</summary>
    public required string Compatible { get; init; }

    /// <summary>Its version.</summary>
    public required SemanticVersion Version { get; init; }

    /// <summary>The oldest version it can be installed from; null for any.</summary>
    public SemanticVersion? MinVersion { get; init; }

    /// <summary>Where it lies.</summary>
    public required Uri File { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 in lower-case hex: what tells two bundles of one name apart.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Where its block index lies; null when there is none.</summary>
    public Uri? Blocks { get; init; }

    /// <summary>What is new, for people; "" when nothing is said.</summary>
    public string Changelog { get; init; } = "";
}
