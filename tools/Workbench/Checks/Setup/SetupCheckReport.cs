// What check setup found out.
using System.Text.Json.Serialization;

namespace Skywire.Workbench.Checks.Setup;

/// <summary>A request of a phone's system that looks whether it is online, and the answer.</summary>
internal sealed record CaptiveAnswer(string Asked, string Answer, bool Ok);

/// <summary>The result; <see cref="Ok"/> only when everything holds. Seconds; null for what did not happen.</summary>
internal sealed record SetupCheckReport
{
    public bool Ok { get; set; }

    public IReadOnlyList<string> Failures { get; set; } = [];

    public string Image { get; set; } = "";

    public double MachineLoad { get; set; }

    /// <summary>From the start of the wifi service until the access point was on the air.</summary>
    public double? OfferedS { get; set; }

    public string Network { get; set; } = "";

    /// <summary>From then until the serial console showed the code.</summary>
    public double? CodeOnConsoleS { get; set; }

    /// <summary>What the LEDs' lines did while the access point was open.</summary>
    public List<LedObservation> Leds { get; set; } = [];

    public bool WrongCodeKeptOut { get; set; }

    /// <summary>How often the phone was told that its code is wrong.</summary>
    public int WrongCodeRefusals { get; set; }

    /// <summary>From the right code until the phone was on.</summary>
    public double? PhoneOnS { get; set; }

    public bool HandsOutAddresses { get; set; }

    /// <summary>What the phone was told is the address of a name.</summary>
    public string NameLeadsTo { get; set; } = "";

    public List<CaptiveAnswer> Captive { get; set; } = [];

    /// <summary>Meshes the page offered.</summary>
    public string MeshesOffered { get; set; } = "";

    /// <summary>What the page said beside a passphrase that is too short.</summary>
    public string WrongInputSaid { get; set; } = "";

    public string DoneSaid { get; set; } = "";

    public List<string> Pictures { get; set; } = [];

    /// <summary>From the button until the access point was gone.</summary>
    public double? ClosedS { get; set; }

    public string ClosedReason { get; set; } = "";

    /// <summary>From the button until the board was linked to the mesh.</summary>
    public double? JoinedS { get; set; }

    /// <summary>The neighbour's kernel: the board proved that it knows the passphrase, and its management frames are protected.</summary>
    public bool JoinedBySae { get; set; }

    public bool SettingsOnCard { get; set; }

    /// <summary>How often code and passphrase stand in the journal.</summary>
    public int SecretsInJournal { get; set; }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SetupCheckReport))]
internal sealed partial class SetupCheckJson : JsonSerializerContext;
