// A slot taken apart and put together again, without root: owners come from the slot's own list, as the image builder's come from its table.
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Skywire.ImageBuild.Root;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>An unpacked slot.</summary>
internal sealed partial class SlotTree
{
    private readonly string _root;
    private readonly OwnershipTable _owners;
    private readonly DateTimeOffset _time;

    private SlotTree(string root, OwnershipTable owners, DateTimeOffset time)
    {
        _root = root;
        _owners = owners;
        _time = time;
    }

    /// <summary>Unpacks <paramref name="slot"/> into <paramref name="folder"/>.</summary>
    public static async Task<SlotTree> UnpackAsync(string slot, string folder, CancellationToken cancellationToken)
    {
        var root = Path.Combine(folder, "root");
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        Directory.CreateDirectory(folder);
        await Shell.RequireAsync("unsquashfs", ["-q", "-n", "-no-xattrs", "-d", root, slot], cancellationToken);
        var list = await Shell.RequireAsync("unsquashfs", ["-lln", slot], cancellationToken);
        var owners = new OwnershipTable();
        foreach (var (path, ownership) in Owners(list))
        {
            owners.Set(path, ownership);
        }

        var about = await Shell.RequireAsync("unsquashfs", ["-s", "-UTC", slot], cancellationToken);
        return new SlotTree(root, owners, MadeAt(about));
    }

    /// <summary>Packs a changed copy into <paramref name="target"/>. <paramref name="program"/> replaces the program; null keeps it.</summary>
    public async Task PackAsync(SlotChange change, string version, string? program, string target, CancellationToken cancellationToken)
    {
        var copy = target + ".root";
        if (Directory.Exists(copy))
        {
            Directory.Delete(copy, recursive: true);
        }

        // Hard links: a change replaces files and never writes into one.
        await Shell.RequireAsync("cp", ["-a", "-l", _root, copy], cancellationToken);
        try
        {
            SlotChange.SetVersion(copy, version);
            if (program is not null)
            {
                var file = Path.Combine(copy, "usr/bin/skywire");
                File.Delete(file);
                File.Copy(program, file);
                File.SetUnixFileMode(file, (UnixFileMode)0x1ed);
            }

            change.Apply(copy);
            await SlotImage.MakeAsync(copy, _owners, target, SlotImage.QuickLevel, _time, Path.GetDirectoryName(target)!, cancellationToken);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>Hash of a file, as the image's record has it.</summary>
    public static async Task<string> Sha256Async(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    /// <summary>Mode and owner of every path in the output of <c>unsquashfs -lln</c>; links have none of their own.</summary>
    internal static IEnumerable<(string Path, Ownership Ownership)> Owners(string list)
    {
        foreach (var line in list.Split('\n'))
        {
            if (ListLine().Match(line) is { Success: true } match && match.Groups["path"].Value is { Length: > 0 } path)
            {
                yield return (path, new Ownership(Mode(match.Groups["mode"].Value), Number(match.Groups["user"].Value), Number(match.Groups["group"].Value)));
            }
        }
    }

    /// <summary>When the slot was made, from the output of <c>unsquashfs -s -UTC</c>.</summary>
    internal static DateTimeOffset MadeAt(string about)
        => MadeLine().Match(about) is { Success: true } match && DateTimeOffset.TryParseExact(match.Groups[1].Value, "ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite, out var time)
            ? time : throw new WorkbenchException("unsquashfs does not say when the slot was made", "is this a slot of tools/skyminer image?");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // "rwxr-sr-t": three bits each, the last of a group also telling about set-user, set-group and sticky.
    private static UnixFileMode Mode(string text)
    {
        var mode = 0;
        for (var i = 0; i < 9; i++)
        {
            var set = text[i];
            mode |= set is '-' or 'S' or 'T' ? 0 : 1 << (8 - i);
            mode |= set is 's' or 'S' or 't' or 'T' ? 1 << (11 - (i / 3)) : 0;
        }

        return (UnixFileMode)mode;
    }

    [GeneratedRegex(@"^[-d](?<mode>[-rwxsStT]{9}) (?<user>\d+)/(?<group>\d+) +\d+ \d{4}-\d\d-\d\d \d\d:\d\d squashfs-root/(?<path>.+)$")]
    private static partial Regex ListLine();

    [GeneratedRegex(@"^Creation or last append time (.+?)(?: UTC)?$", RegexOptions.Multiline)]
    private static partial Regex MadeLine();
}
