// The setup page's files, embedded in the library.
using System.Text;

namespace Skywire.Wifi.Setup;

internal static class PageFiles
{
    /// <summary>Text of one of them.</summary>
    public static string Text(string name)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream("setup/" + name) ?? throw new InvalidOperationException($"resource {name} is missing from the library");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
