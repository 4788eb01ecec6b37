// All boards an image knows, and which of them this machine is.
namespace Skywire.Boards.Data;

/// <summary>The boards below a folder of NAME/board.json files.</summary>
public sealed class BoardCatalog
{
    /// <summary>Where an image keeps them.</summary>
    public const string SystemFolder = "/usr/lib/skyminer/boards";

    private BoardCatalog(IReadOnlyList<BoardFile> boards, IReadOnlyList<string> faults) => (Boards, Faults) = (boards, faults);

    /// <summary>The boards whose files are good, by name.</summary>
    public IReadOnlyList<BoardFile> Boards { get; }

    /// <summary>What is wrong with the other files, "NAME/board.json: ...".</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Reads every board. A bad file spoils only itself.</summary>
    public static BoardCatalog Load(string folder = SystemFolder)
    {
        var boards = new List<BoardFile>();
        var faults = new List<string>();
        if (!Directory.Exists(folder))
        {
            return new BoardCatalog([], [$"{folder}: there is no such folder"]);
        }

        foreach (var file in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(d => Path.Combine(d, "board.json")).Where(File.Exists))
        {
            var name = Path.GetFileName(Path.GetDirectoryName(file)!);
            var reading = BoardFileReader.Parse(File.ReadAllBytes(file));
            faults.AddRange(reading.Faults.Select(f => $"{name}/board.json: {f}"));
            if (reading.Board is { } board)
            {
                boards.Add(board);
                if (board.Name != name)
                {
                    faults.Add($"{name}/board.json: name: is \"{board.Name}\", the folder is called \"{name}\"");
                }
            }
        }

        return new BoardCatalog(boards, faults);
    }

    /// <summary>The board of a name; null when there is none.</summary>
    public BoardFile? Find(string name) => Boards.FirstOrDefault(b => b.Name == name);

    /// <summary>
    /// The board that fits a machine's compatible list best. Both lists go from exact to general: the machine's most exact word that any board names decides, so that a board
    /// listed by its own name wins over a family. Null when none fits.
    /// </summary>
    public BoardFile? Detect(IReadOnlyList<string> compatible)
        => compatible.Select(word => Boards.FirstOrDefault(b => b.Compatible.Contains(word, StringComparer.Ordinal))).FirstOrDefault(b => b is not null);

    /// <summary>What an unknown machine is taken for: no LEDs, no button, all else works.</summary>
    public static BoardFile Unknown(string model) => new() { Name = "unknown", Title = model.Length > 0 ? model : "unknown board", Compatible = [] };
}
