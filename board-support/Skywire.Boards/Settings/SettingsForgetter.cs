// What a long press of the button does: the owner's settings go, the board's identity stays.
using System.Text;
using Skywire.Linux;

namespace Skywire.Boards.Settings;

/// <summary>Forgets settings. The visor's key, ssh host keys and the clock are no settings and stay.</summary>
public sealed class SettingsForgetter(ApplyPlaces places)
{
    /// <summary>What is appended to files that are put aside instead of lost.</summary>
    public const string Aside = ".old";

    /// <summary>Forgets; returns what was done, a line each. Throws <see cref="IOException"/> when the medium refuses.</summary>
    public IReadOnlyList<string> Forget()
    {
        var done = new List<string>();
        if (Directory.Exists(places.Boot))
        {
            MountTable.WithWriting(places.Boot, () => Card(done));
        }

        // An operator's own configuration is a setting too; it holds work and no passphrase, so it is put aside.
        PutAside(places.OperatorMeshFile, done);
        foreach (var file in (string[])[places.OperatorMeshFile + AtomicFile.LastGoodSuffix, .. FormatCopies(), places.SecretFile, Path.Combine(places.Kept, BoxSecret.TagFile), Path.Combine(places.Kept, PagePassword.FileName)])
        {
            if (File.Exists(file))
            {
                File.Delete(file);
                done.Add("removed " + file);
            }
        }

        foreach (var folder in (string[])[places.State, places.Kept])
        {
            FolderSync.Sync(folder);
        }

        return done;
    }

    // What programs of different formats keep of the operator's configuration.
    private string[] FormatCopies()
        => Directory.Exists(places.State) ? Directory.GetFiles(places.State, Path.GetFileName(places.OperatorMeshFile) + ".schema-*") : [];

    private void Card(List<string> done)
    {
        // Not put aside: it holds the passphrase, and forgotten means forgotten.
        var sample = Encoding.UTF8.GetBytes(SettingsSample.Text());
        if (!File.Exists(places.SettingsFile) || !sample.AsSpan().SequenceEqual(File.ReadAllBytes(places.SettingsFile)))
        {
            AtomicFile.Write(places.SettingsFile, sample, AtomicFile.GroupReadable | UnixFileMode.OtherRead);
            done.Add("wrote the sample to " + places.SettingsFile);
        }

        if (File.Exists(places.ErrorsFile))
        {
            File.Delete(places.ErrorsFile);
            FolderSync.Sync(places.Boot);
        }
    }

    private static void PutAside(string file, List<string> done)
    {
        if (File.Exists(file))
        {
            File.Move(file, file + Aside, overwrite: true);
            done.Add($"put {file} aside as {Path.GetFileName(file)}{Aside}");
        }
    }
}
