// The machine this runs on: which board it is, its LEDs and folders.
using Skywire.Boards.Buttons;
using Skywire.Boards.Clock;
using Skywire.Boards.Data;
using Skywire.Boards.Leds;
using Skywire.Boards.Running;
using Skywire.Boards.Screen;
using Skywire.Boards.Settings;
using Skywire.Linux;
using Skywire.Visor.Hosting;
using Skywire.Visor.Wifi;

namespace Skywire.Visor.Board;

/// <summary>One machine.</summary>
internal sealed record BoardMachine(BoardFile Board, string Model, LedClass Leds, ApplyPlaces Places, IReadOnlyList<string> Faults)
{
    /// <summary>The image and the program in words.</summary>
    public static string Release => ImageRelease.Load() is { } image ? $"{image.Image} {image.Version}, skywire {BuildInfo.Version} ({BuildInfo.Commit})".Trim() : $"skywire {BuildInfo.Version} ({BuildInfo.Commit})";

    /// <summary>Finds out which board this is, or takes the one of a name; null when no board has that name.</summary>
    public static BoardMachine? Find(string boards, string? name, string leds, ApplyPlaces places)
    {
        var catalog = BoardCatalog.Load(boards);
        var tree = new DeviceTree();
        var board = name is null ? catalog.Detect(tree.Compatible) ?? BoardCatalog.Unknown(tree.Model) : catalog.Find(name);
        // A model in words ("Raspberry Pi 4 Model B Rev 1.4") says more than the file of its family; "linux,dummy-virt" does not.
        return board is null ? null : new BoardMachine(board, name is null && tree.Model.Contains(' ', StringComparison.Ordinal) ? tree.Model : board.Title, new LedClass(leds), places, catalog.Faults);
    }

    /// <summary>The board with the LEDs that are there, or should be.</summary>
    public BoardFile Present => Board with { Leds = [.. Board.Leds.Where(l => !l.IsOptional || Leds.Exists(l.Name))] };

    /// <summary>The interface whose packets LEDs show: the board's first that is there; "" for none.</summary>
    public string Wire() => Board.Ethernet.FirstOrDefault(name => Directory.Exists("/sys/class/net/" + name), "");

    /// <summary>True while one of the board's wires has a link.</summary>
    public bool HasWire() => Board.Ethernet.Any(HasCarrier);

    /// <summary>What the board service works with.</summary>
    public BoardParts Parts(IButtonSource? button, IssueFile? screen, IMeshStatusSource mesh, string ownFolder) => new()
    {
        Board = Present,
        Leds = new LedDriver(Leds),
        Button = button,
        Mesh = mesh,
        Screen = screen,
        Places = Places,
        OwnFolder = ownFolder,
        Model = Model,
        Release = Release,
        Wire = Wire,
        Air = new AirSource(WifiFolder.Default, TimeProvider.System),
        HasWire = HasWire,
        Addresses = LocalAddressList.Read,
        Faults = Faults,
    };

    // The kernel refuses to say it of an interface that is switched off.
    private static bool HasCarrier(string name)
    {
        try
        {
            return File.ReadAllText($"/sys/class/net/{name}/carrier").StartsWith('1');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
