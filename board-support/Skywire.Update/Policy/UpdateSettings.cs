// What the operator decides about updates (skyminer.conf, section "update" of the visor's configuration), each default with its reason.
namespace Skywire.Update.Policy;

/// <summary>Settings of the update client.</summary>
public sealed record UpdateSettings
{
    /// <summary>The defaults.</summary>
    public static UpdateSettings Default { get; } = new();

    /// <summary>Channel.</summary>
    public UpdateChannel Channel { get; init; } = UpdateChannel.Stable;

    /// <summary>The version of a pinned board; "" keeps it at the one it runs.</summary>
    public string PinnedVersion { get; init; } = "";

    /// <summary>Address of the feed; null when there is none: a box's serving board may still have one.</summary>
    public Uri? Feed { get; init; }

    /// <summary>When a board installs and restarts by itself.</summary>
    public UpdateWindow Window { get; init; } = UpdateWindow.Default;

    /// <summary>Most bytes a second of a download; 0 for no limit. Boards at home share a line with people.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>Time a new slot has to prove itself, from its start: a slow board takes two minutes to start and its links another one.</summary>
    public TimeSpan Trial { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>False: only what a person asks for is installed.</summary>
    public bool IsAutomatic { get; init; } = true;

    /// <summary>Time between two looks at the feed, before jitter.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Throws <see cref="ArgumentException"/> naming the first setting out of range.</summary>
    public void Validate()
    {
        Require(Feed is null || Feed.Scheme == Uri.UriSchemeHttp || Feed.Scheme == Uri.UriSchemeHttps, nameof(Feed));
        Require(BytesPerSecond is 0 or >= 1024, nameof(BytesPerSecond));
        Require(Trial >= TimeSpan.FromSeconds(60) && Trial <= TimeSpan.FromHours(1), nameof(Trial));
        Require(CheckInterval >= TimeSpan.FromMinutes(5), nameof(CheckInterval));
    }

    private static void Require(bool condition, string name)
    {
        if (!condition)
        {
            throw new ArgumentException($"update setting {name} is out of range", name);
        }
    }
}
