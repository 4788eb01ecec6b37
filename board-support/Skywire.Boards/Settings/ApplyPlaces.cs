// Where settings are read and what is made of them is written: one record, so that tests apply to a temporary tree.
namespace Skywire.Boards.Settings;

/// <summary>Folders of one board.</summary>
/// <param name="Boot">The card's FAT partition, which a PC can read.</param>
/// <param name="Data">The data partition.</param>
/// <param name="Run">What is made of the settings for this boot.</param>
/// <param name="State">The visor's own folder.</param>
/// <param name="Root">Root of the system's other folders, "/" on a board.</param>
public sealed record ApplyPlaces(string Boot, string Data, string Run, string State, string Root)
{
    /// <summary>The group that may read what the console page shows.</summary>
    public const string BoardGroup = "skyminer-board";

    /// <summary>Those of a board.</summary>
    public static ApplyPlaces Default { get; } = new("/boot/firmware", "/data", "/run/skyminer", "/var/lib/skywire", "/");

    /// <summary>The settings file.</summary>
    public string SettingsFile => Path.Combine(Boot, SettingsSample.FileName);

    /// <summary>The mistakes, for a PC.</summary>
    public string ErrorsFile => Path.Combine(Boot, SettingsErrors.FileName);

    /// <summary>What settings and clock keep over boots.</summary>
    public string Kept => Path.Combine(Data, "skyminer");

    /// <summary>Outcome of the last apply, without secrets.</summary>
    public string OutcomeFile => Path.Combine(Run, "settings.json");

    /// <summary>What only the console may show.</summary>
    public string ConsoleFile => Path.Combine(Run, "console.json");

    /// <summary>What the wifi service is told. Secret.</summary>
    public string WifiFile => Path.Combine(Run, "wifi.json");

    /// <summary>The setup access point's network and code, while it is offered; the wifi service writes it.</summary>
    public string SetupFile => System("run/skyminer-wifi/setup.json");

    /// <summary>The visor's configuration of this boot.</summary>
    public string MeshFile => Path.Combine(Run, "skywire.json");

    /// <summary>A configuration an operator wrote; wins over <see cref="MeshFile"/>.</summary>
    public string OperatorMeshFile => Path.Combine(State, "skywire.json");

    /// <summary>Environment of the visor's unit: which configuration it takes.</summary>
    public string EnvironmentFile => Path.Combine(Run, "visor.env");

    /// <summary>The box's secret.</summary>
    public string SecretFile => Path.Combine(State, "box.secret");

    /// <summary>The visor's key.</summary>
    public string KeyFile => Path.Combine(State, "visor.key");

    /// <summary>Keys that may log in.</summary>
    public string AuthorizedKeysFile => Path.Combine(Run, "ssh", "authorized_keys");

    /// <summary>A path below the root.</summary>
    public string System(string path) => Path.Combine(Root, path);
}
