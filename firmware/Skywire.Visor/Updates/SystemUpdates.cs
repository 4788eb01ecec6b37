// The real board's side of updates: its folder, RAUC on the system's bus, the slot it runs from, and the file that asks for a restart.
using Skywire.Boards.Clock;
using Skywire.Linux.DBus;
using Skywire.Update.Rauc;
using Skywire.Update.Slots;
using Skywire.Update.Storage;
using Skywire.Update.Versions;
using Skywire.Visor.Hosting;

namespace Skywire.Visor.Updates;

internal static class SystemUpdates
{
    /// <summary>Root restarts the board when this file is there (skyminer-reboot.path).</summary>
    public const string RebootMark = "/run/skywire/reboot-wanted";

    /// <summary>Where RAUC keeps what kind of image this is.</summary>
    public const string RaucConfiguration = "/etc/rauc/system.conf";

    /// <summary>Where a person puts bundles on the card: the partition that every computer can write.</summary>
    public const string CardFolder = "/boot/firmware/update";

    /// <summary>This board. <paramref name="folder"/> is the update folder.</summary>
    public static UpdateWorld Of(string folder, UpdateHttp http, TimeProvider time)
    {
        var slot = RunningSlot.Load();
        return new UpdateWorld
        {
            Storage = new UpdateFolder(folder),
            Http = http,
            Rauc = new RaucClient(DBusConnection.SystemBus, time),
            Slot = slot,
            Version = SemanticVersion.Parse(ImageRelease.Load()?.Version ?? "") ?? SemanticVersion.Parse(BuildInfo.Version) ?? SemanticVersion.Parse("0.0.0")!,
            Compatible = CompatibleOf(RaucConfiguration),
            OpenSlot = () => slot is null ? null : SlotFile.Open(slot.Name),
            SlotBytes = () => slot is null ? null : SlotFile.BytesOf(slot.Name),
            Reboot = () => File.WriteAllText(RebootMark, "update\n"),
            CardBundles = () => BundlesOf(CardFolder),
        };
    }

    /// <summary>The kind of image that a RAUC configuration names; "" when it cannot be read.</summary>
    internal static string CompatibleOf(string file)
    {
        const string key = "compatible=";
        try
        {
            return File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim() ?? "" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Bundles of a folder, newest first.</summary>
    internal static IReadOnlyList<FileInfo> BundlesOf(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? [.. new DirectoryInfo(folder).GetFiles("*.raucb").OrderByDescending(f => f.LastWriteTimeUtc).ThenBy(f => f.Name, StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
