// Finds tests/vectors from wherever the test binary runs.
using System.Text.Json;

namespace Skywire.Testing;

/// <summary>Test vectors made with the reference.</summary>
public static class Vectors
{
    /// <summary>The folder tests/vectors of this checkout.</summary>
    public static string Folder { get; } = Find();

    /// <summary>Parses <c>tests/vectors/NAME</c>.</summary>
    public static JsonElement Load(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name))).RootElement;

    /// <summary>Bytes of a hex member.</summary>
    public static byte[] Hex(this JsonElement element, string member) => Convert.FromHexString(element.GetProperty(member).GetString()!);

    /// <summary>Text of a member.</summary>
    public static string Text(this JsonElement element, string member) => element.GetProperty(member).GetString()!;

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "vectors");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("tests/vectors not found above " + AppContext.BaseDirectory);
    }
}
