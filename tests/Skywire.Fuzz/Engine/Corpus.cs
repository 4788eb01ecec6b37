// The starting inputs, committed beside the code.
using System.Security.Cryptography;

namespace Skywire.Fuzz.Engine;

/// <summary>Inputs of one target under tests/Skywire.Fuzz/corpus/TARGET, one file each, named by content.</summary>
internal static class Corpus
{
    /// <summary>The folder tests/Skywire.Fuzz/corpus of this checkout.</summary>
    public static string Root { get; } = Path.Combine(Path.GetDirectoryName(Skywire.Testing.Vectors.Folder)!, "Skywire.Fuzz", "corpus");

    /// <summary>All inputs of a target in a fixed order.</summary>
    public static IReadOnlyList<byte[]> Load(string target)
    {
        var folder = Path.Combine(Root, target);
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)] : [];
    }

    /// <summary>Adds an input; the same input twice is one file.</summary>
    public static string Save(string target, ReadOnlySpan<byte> input) => Write(Path.Combine(Root, target), input);

    /// <summary>Writes the input of a finding beside the binaries, away from the corpus, and returns the file.</summary>
    public static string SaveFinding(string target, ReadOnlySpan<byte> input) => Write(Path.Combine(AppContext.BaseDirectory, "findings", target), input);

    private static string Write(string folder, ReadOnlySpan<byte> input)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input))[..16]);
        File.WriteAllBytes(file, input);
        return file;
    }
}
