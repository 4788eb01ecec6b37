// What the update client works with; all of it comes from the visor, or from a test.
using Skywire.Update.Box;
using Skywire.Update.Download;
using Skywire.Update.Policy;
using Skywire.Update.Rauc;
using Skywire.Update.Slots;
using Skywire.Update.Storage;
using Skywire.Update.Versions;

namespace Skywire.Update;

/// <summary>Parts of an <see cref="UpdateClient"/>.</summary>
public sealed record UpdateParts
{
    /// <summary>/data/update.</summary>
    public required IUpdateStorage Storage { get; init; }

    /// <summary>HTTP.</summary>
    public required IUpdateHttp Http { get; init; }

    /// <summary>The installer.</summary>
    public required IRauc Rauc { get; init; }

    /// <summary>Clock; its local time zone is the operator's.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Fractions in [0, 1) for waits.</summary>
    public required Func<double> Jitter { get; init; }

    /// <summary>The running slot; null when the system runs from none, and nothing can be installed.</summary>
    public required RunningSlot? Slot { get; init; }

    /// <summary>What runs.</summary>
    public required SemanticVersion Version { get; init; }

    /// <summary>The kind of image, as bundles name it.</summary>
    public required string Compatible { get; init; }

    /// <summary>The running slot for reading; null when it cannot be read.</summary>
    public required Func<Stream?> OpenSlot { get; init; }

    /// <summary>Bytes of a slot, which are the same for both; null when that is not known.</summary>
    public Func<ulong?> SlotBytes { get; init; } = static () => null;

    /// <summary>Links that are up now.</summary>
    public required Func<int> Links { get; init; }

    /// <summary>Has root restart the board.</summary>
    public required Action Reboot { get; init; }

    /// <summary>The operator's settings now.</summary>
    public required Func<UpdateSettings> Settings { get; init; }

    /// <summary>The feed of the box's serving board; null when there is none or it is this board.</summary>
    public Func<Uri?> BoxFeed { get; init; } = () => null;

    /// <summary>True when the serving board fetches a version that this board would take, and does not have it whole yet: it is waited for, so that a box downloads once.</summary>
    public Func<string, bool> IsComing { get; init; } = static _ => false;

    /// <summary>Who hands out turns; null outside of a box.</summary>
    public Func<IRolloutTurn?> Turn { get; init; } = () => null;

    /// <summary>Times of roll-outs.</summary>
    public RolloutOptions Rollout { get; init; } = RolloutOptions.Default;

    /// <summary>Limits of downloads.</summary>
    public DownloadOptions Download { get; init; } = DownloadOptions.Default;
}
