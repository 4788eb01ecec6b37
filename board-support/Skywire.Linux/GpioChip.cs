// Finds a GPIO chip by its label: numbers of /dev/gpiochipN depend on the order in which drivers came up, labels do not.
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Skywire.Linux;

/// <summary>One GPIO chip.</summary>
/// <param name="Path">Its device file.</param>
/// <param name="Name">The kernel's name, <c>gpiochipN</c>.</param>
/// <param name="Label">What its driver calls it; stable over boots.</param>
/// <param name="Lines">How many lines it has.</param>
public sealed record GpioChip(string Path, string Name, string Label, int Lines)
{
    /// <summary>The chip of this label, or of this name; null when there is none that may be opened.</summary>
    public static GpioChip? Find(string label) => All().FirstOrDefault(c => c.Label == label || c.Name == label);

    /// <summary>Every chip that may be opened.</summary>
    public static IReadOnlyList<GpioChip> All()
    {
        if (!Directory.Exists("/dev"))
        {
            return [];
        }

        var chips = new List<GpioChip>();
        foreach (var path in Directory.EnumerateFiles("/dev", "gpiochip*").Order(StringComparer.Ordinal))
        {
            try
            {
                using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
                if (Read(handle) is { } info)
                {
                    chips.Add(new GpioChip(path, Text(info.Name), Text(info.Label), (int)info.Lines));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A chip that this user may not open does not exist for it; the caller says which one it missed.
            }
        }

        return chips;
    }

    private static GpioUapi.ChipInfo? Read(SafeFileHandle handle)
    {
        var info = default(GpioUapi.ChipInfo);
        return GpioUapi.Control(handle, GpioUapi.GetChipInfo, ref info) < 0 ? null : info;
    }

    private static string Text(ReadOnlySpan<byte> name)
    {
        var end = name.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? name : name[..end]);
    }
}
