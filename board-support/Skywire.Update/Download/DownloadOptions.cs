// Limits of a download, each with its reason.
namespace Skywire.Update.Download;

/// <summary>Settings of <see cref="BundleDownload"/>.</summary>
public sealed record DownloadOptions
{
    /// <summary>The defaults.</summary>
    public static DownloadOptions Default { get; } = new();

    /// <summary>Silence after which a connection counts as broken: longer than a router takes to redial.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The first wait after a broken connection; each failure in a row doubles it.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Failures in a row, without a byte between them, after which the order ends: some five minutes. What is there is kept for the next one.</summary>
    public int MaxFailures { get; init; } = 10;

    /// <summary>Bytes between two entries of the journal: what a restart fetches again at most.</summary>
    public int JournalStep { get; init; } = 1 << 20;

    /// <summary>Bytes that stay free on the disk: journal, history and the visor's own state.</summary>
    public long Reserve { get; init; } = 16L << 20;
}
