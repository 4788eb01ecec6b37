// What updates take from outside, so that they run on a board's slots or in a test.
using Skywire.Update.Download;
using Skywire.Update.Rauc;
using Skywire.Update.Slots;
using Skywire.Update.Storage;
using Skywire.Update.Versions;

namespace Skywire.Visor.Updates;

/// <summary>The board's side of updates.</summary>
internal sealed record UpdateWorld
{
    /// <summary>/data/update.</summary>
    public required IUpdateStorage Storage { get; init; }

    /// <summary>HTTP with ranges.</summary>
    public required IUpdateHttp Http { get; init; }

    /// <summary>The installer.</summary>
    public required IRauc Rauc { get; init; }

    /// <summary>The running slot; null when the system runs from none.</summary>
    public required RunningSlot? Slot { get; init; }

    /// <summary>What runs.</summary>
    public required SemanticVersion Version { get; init; }

    /// <summary>The kind of image.</summary>
    public required string Compatible { get; init; }

    /// <summary>The running slot for reading; null when it cannot be read.</summary>
    public Func<Stream?> OpenSlot { get; init; } = static () => null;

    /// <summary>Bytes of a slot; null when that is not known.</summary>
    public Func<ulong?> SlotBytes { get; init; } = static () => null;

    /// <summary>Has root restart the board. Throws <see cref="IOException"/>.</summary>
    public required Action Reboot { get; init; }

    /// <summary>Bundles put on the card by a person, newest first; looked at once a start.</summary>
    public Func<IReadOnlyList<FileInfo>> CardBundles { get; init; } = static () => [];
}
