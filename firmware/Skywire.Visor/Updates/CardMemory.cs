// Which bundle on the card was taken already: the file stays there after its installation, and one that had to be taken back must not come again at each start.
using System.Globalization;
using System.Text;
using Skywire.Update.Storage;

namespace Skywire.Visor.Updates;

/// <summary>One line in the update folder: name, size and time of the file taken last.</summary>
internal sealed class CardMemory(IUpdateStorage storage)
{
    private const string File = "card-bundle";
    private const int MaxBytes = 4096;

    /// <summary>True when this very file was taken.</summary>
    public bool Knows(FileInfo bundle) => storage.Read(File, MaxBytes) is { } bytes && Encoding.UTF8.GetString(bytes) == Line(bundle);

    /// <summary>It is taken. Before it is installed: what happens then, happens once.</summary>
    public void Remember(FileInfo bundle) => storage.Write(File, Encoding.UTF8.GetBytes(Line(bundle)));

    private static string Line(FileInfo bundle) => string.Create(CultureInfo.InvariantCulture, $"{bundle.Length} {bundle.LastWriteTimeUtc:O} {bundle.Name}\n");
}
