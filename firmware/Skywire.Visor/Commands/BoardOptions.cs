// Options that all board commands share: which board, and where its folders are. Their defaults are those of a board; others are for trying out.
using System.CommandLine;
using Skywire.Boards.Data;
using Skywire.Boards.Settings;
using Skywire.Linux;
using Skywire.Visor.Board;

namespace Skywire.Visor.Commands;

internal sealed class BoardOptions
{
    private readonly Option<string?> _board = new("--board") { Description = "Take this machine for another board.", HelpName = "NAME" };
    private readonly Option<string> _boards = Folder("--boards", "Where the boards' files are.", BoardCatalog.SystemFolder);
    private readonly Option<string> _leds = Folder("--leds-folder", "Where the kernel shows its LEDs.", LedClass.SystemFolder);
    private readonly Option<string> _run = Folder("--run", "What is made of the settings for this boot.", ApplyPlaces.Default.Run);
    private readonly Option<string> _own = Folder("--own", "The board service's own folder.", "/run/skyminer-board");
    private readonly Option<string> _socket = new("--socket") { Description = "Unix socket of the visor.", HelpName = "PATH", DefaultValueFactory = static _ => ConfigLocation.SystemSocket };
    private readonly Option<bool> _noScreen = new("--no-screen") { Description = "Leave the console page alone." };

    public BoardOptions() => _board.CompletionSources.Add(_ => BoardCatalog.Load().Boards.Select(b => b.Name));

    /// <summary>Options of commands that look at the board.</summary>
    public IReadOnlyList<Option> All => [_board, _boards, _leds, _run, _own];

    /// <summary>Options of commands that ask the visor too.</summary>
    public IReadOnlyList<Option> AllForRun => [.. All, _socket, _noScreen];

    public string Socket(ParseResult result) => result.GetValue(_socket)!;

    public string OwnFolder(ParseResult result) => result.GetValue(_own)!;

    public bool HasScreen(ParseResult result) => !result.GetValue(_noScreen);

    /// <summary>The machine; a name that no board has is a usage error.</summary>
    public BoardMachine Machine(ParseResult result)
    {
        var machine = BoardMachine.Find(result.GetValue(_boards)!, result.GetValue(_board), result.GetValue(_leds)!, ApplyPlaces.Default with { Run = result.GetValue(_run)! });
        return machine ?? throw new CliException(ExitCode.Usage, $"there is no board \"{result.GetValue(_board)}\" in {result.GetValue(_boards)}", "known: " + string.Join(", ", BoardCatalog.Load(result.GetValue(_boards)!).Boards.Select(b => b.Name)));
    }

    /// <summary>A folder with a default.</summary>
    public static Option<string> Folder(string name, string description, string otherwise) => new(name) { Description = description, HelpName = "DIR", DefaultValueFactory = _ => otherwise };
}
