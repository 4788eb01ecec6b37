// What /sys and /proc said on some machine, laid out again in a folder. Format of a recording, one line each:
//   L path target    a link           F path text    a file of sysfs
//   P path text      a line of a file of /proc
namespace Skywire.Workbench.Tests.Flashing;

internal sealed class RecordedMachine : IDisposable
{
    private readonly TempFolder _folder = new();

    private RecordedMachine(IEnumerable<string> lines)
    {
        Files = new KernelFiles(_folder.File("sys"), _folder.File("proc"), _folder.File("dev"));
        Directory.CreateDirectory(Files.Dev);
        foreach (var line in lines.Where(l => l.Length > 0 && l[0] != '#'))
        {
            var parts = line.Split(' ', 3);
            var path = Path.Combine(parts[0] == "P" ? Files.Proc : Files.Sys, parts[1]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            switch (parts[0])
            {
                case "L":
                    File.CreateSymbolicLink(path, parts[2]);
                    break;
                case "P":
                    File.AppendAllText(path, parts[2] + "\n");
                    break;
                default:
                    File.WriteAllText(path, parts[2] + "\n");
                    break;
            }
        }
    }

    public KernelFiles Files { get; }

    public DiskList Disks => new(Files);

    public static RecordedMachine Load(string name, params string[] more) => new([.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "machines", name + ".txt")), .. more]);

    /// <summary>Adds a link below /dev, as udev would.</summary>
    public void Link(string name, string target)
    {
        var path = Path.Combine(Files.Dev, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(Path.Combine(Files.Dev, target), "");
        File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.Combine(Files.Dev, target)));
    }

    public void Dispose() => _folder.Dispose();
}
