// Puts changed settings onto the card.
using Skywire.Linux;

namespace Skywire.Boards.Settings;

/// <summary>Writes settings.</summary>
public static class SettingsWriter
{
    /// <summary>
    /// Carries out orders on the card's settings file, on the sample where there is none; the card is written only when something changes. Gives the mistakes for which nothing was done. Throws
    /// <see cref="IOException"/> when the medium refuses.
    /// </summary>
    public static IReadOnlyList<SettingsMistake> Change(ApplyPlaces places, IReadOnlyList<SettingOrder> orders)
    {
        var before = File.Exists(places.SettingsFile) ? File.ReadAllBytes(places.SettingsFile) : null;
        var result = SettingsChange.Apply(before ?? System.Text.Encoding.UTF8.GetBytes(SettingsSample.Text()), orders);
        if (result.Text is { } text && (before is null || !text.AsSpan().SequenceEqual(before)))
        {
            // As on every card: FAT keeps no modes, and in another place the secrets in it are for their owner alone.
            MountTable.WithWriting(places.Boot, () => AtomicFile.Write(places.SettingsFile, text, AtomicFile.Private));
        }

        return result.Mistakes;
    }
}
