// What the update client needs of RAUC. An interface, so that installations, failures and power cuts run on virtual time.
using Skywire.Update.Policy;

namespace Skywire.Update.Rauc;

/// <summary>What a bundle says of itself, its signature checked. <paramref name="SlotBytes"/>: bytes that its largest image takes in a slot; 0 when it does not say.</summary>
public sealed record BundleFacts(string Compatible, string Version, string MinVersion, string Changelog, ulong SlotBytes = 0);

/// <summary>A slot.</summary>
/// <param name="Name">RAUC's name, as rootfs.0.</param>
/// <param name="BootName">A or B; "" for a slot that is not started from.</param>
/// <param name="IsBooted">It runs.</param>
/// <param name="IsGood">The boot loader has tries left for it.</param>
/// <param name="Status">"ok" when the last installation into it ended well.</param>
/// <param name="Version">Version of that installation; "" when RAUC did not write the slot.</param>
public sealed record RaucSlot(string Name, string BootName, bool IsBooted, bool IsGood, string Status, string Version);

/// <summary>Progress of an installation.</summary>
public sealed record RaucProgress(int Percent, string Step);

/// <summary>RAUC refused or could not be reached.</summary>
public sealed class RaucException(Refusal refusal, Exception? inner = null) : Exception(refusal.Cause, inner)
{
    /// <summary>Why.</summary>
    public Refusal Refusal { get; } = refusal;
}

/// <summary>The installer. Methods throw <see cref="RaucException"/>.</summary>
public interface IRauc
{
    /// <summary>Checks a bundle's signature and reads what it says.</summary>
    Task<BundleFacts> InspectAsync(string path, CancellationToken cancellationToken);

    /// <summary>Writes a bundle into the other slot and makes that the first one; returns when it is done.</summary>
    Task InstallAsync(string path, Action<RaucProgress> progress, CancellationToken cancellationToken);

    /// <summary>Makes a slot "good", "bad" or "active". <paramref name="slot"/> is RAUC's name of it, "booted" or "other".</summary>
    Task MarkAsync(string state, string slot, CancellationToken cancellationToken);

    /// <summary>All slots.</summary>
    Task<IReadOnlyList<RaucSlot>> SlotsAsync(CancellationToken cancellationToken);

    /// <summary>Name of the slot that starts next.</summary>
    Task<string> PrimaryAsync(CancellationToken cancellationToken);
}
