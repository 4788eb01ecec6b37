// The settings a person wants on the card from the start: named for each card, checked by the product itself, put on the boot partition and read back.
using System.Globalization;
using System.Text;

namespace Skywire.Workbench.Flashing;

/// <summary>A settings file to put on cards.</summary>
/// <param name="Source">Where it came from.</param>
/// <param name="Text">Its text.</param>
internal sealed record SettingsFile(string Source, string Text)
{
    /// <summary>Its name on the boot partition.</summary>
    public const string Name = "skyminer.conf";

    private const string NumberMark = "{n}";
    private const int LargestSize = 64 << 10;

    /// <summary>Reads it.</summary>
    public static SettingsFile Load(string path)
    {
        var file = new FileInfo(path);
        return !file.Exists ? throw new WorkbenchException($"there is no settings file {path}", "skywire board settings sample > skyminer.conf makes one to fill in")
            : file.Length > LargestSize ? throw new WorkbenchException($"{path} has {file.Length:N0} bytes: that is no settings file", "give the skyminer.conf, not the image")
            : new SettingsFile(path, File.ReadAllText(path));
    }

    /// <summary>The same with this board's own name: the <c>name</c> line replaced, or one added.</summary>
    /// <param name="template">For example <c>box-{n}</c>.</param>
    /// <param name="number">What <c>{n}</c> becomes.</param>
    public SettingsFile Named(string template, int number)
    {
        var name = "name = " + template.Replace(NumberMark, number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var lines = Text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').ToList();
        var at = lines.FindIndex(l => l.Split('=', 2) is [var key, _] && key.Trim() == "name");
        if (at >= 0)
        {
            lines[at] = name;
        }
        else
        {
            lines.Add(name);
        }

        return this with { Text = string.Join('\n', lines) + "\n" };
    }

    /// <summary>Lets the product's own program check the text. Returns a line for the person; null when it is good.</summary>
    /// <exception cref="WorkbenchException">The program found mistakes.</exception>
    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        string[] candidates = [Checkout.At("firmware", "Skywire.Visor", "bin", "Release", "net10.0", "skywire"), SkywireProgram.PublishedPath(SkywireProgram.HostRid), "/usr/bin/skywire"];
        if (candidates.FirstOrDefault(File.Exists) is not { } program)
        {
            return $"{Source} was not checked: no skywire program is built here (tools/skyminer publish)";
        }

        var copy = Path.Combine(Directory.CreateTempSubdirectory("skyminer-").FullName, Name);
        try
        {
            await File.WriteAllTextAsync(copy, Text, cancellationToken);
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var known = await Shell.RunAsync(program, ["board", "settings", "check", "--help"], cancellationToken);
            if (!known.Ok)
            {
                return $"{Source} was not checked: {program} is too old to know how";
            }

            var check = await Shell.RunAsync(program, ["board", "settings", "check", copy], cancellationToken);
            return check.Ok ? null : throw new WorkbenchException($"{Source} has mistakes:\n{check.Output.Trim().Replace(copy, Source, StringComparison.Ordinal)}", "mend them; nothing was written");
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
        }
    }

    /// <summary>Puts it on the boot partition with mtools, then reads it back and compares.</summary>
    /// <param name="medium">The card, written before.</param>
    /// <param name="boot">The boot partition.</param>
    /// <param name="cancellationToken">Stops mtools.</param>
    public async Task PutAsync(IMedium medium, Partition boot, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("skyminer-").FullName;
        try
        {
            string drive = string.Create(CultureInfo.InvariantCulture, $"{medium.Path}@@{boot.Offset}"), from = Path.Combine(folder, Name), back = Path.Combine(folder, "back");
            await File.WriteAllTextAsync(from, Text, new UTF8Encoding(false), cancellationToken);
            File.SetUnixFileMode(from, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await MtoolsAsync(["-o", "-n", "-i", drive, from, "::" + Name], cancellationToken);
            medium.Flush();
            medium.DropCache();
            await MtoolsAsync(["-n", "-i", drive, "::" + Name, back], cancellationToken);
            if (!File.ReadAllBytes(back).AsSpan().SequenceEqual(File.ReadAllBytes(from)))
            {
                throw new WorkbenchException($"{Name} reads back from {medium.Path} other than it was written", "do not use this card: try another reader, then another card");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MtoolsAsync(string[] arguments, CancellationToken cancellationToken)
    {
        // Cards in readers have no geometry to check.
        var result = await Shell.RunAsync("mcopy", arguments, cancellationToken, environment: new Dictionary<string, string> { ["MTOOLS_SKIP_CHECK"] = "1" });
        if (!result.Ok)
        {
            throw new WorkbenchException($"{Name} could not be put on the boot partition: {result.Output.Trim().Split('\n')[^1]}", "the image itself is on the card; put the file on its first partition by hand");
        }
    }
}
