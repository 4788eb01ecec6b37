// What check boot found out.
using System.Text.Json.Serialization;

namespace Skywire.Workbench.Checks;

/// <summary>One start. Seconds since power-on; null for what did not happen.</summary>
internal sealed record BootFigures
{
    public string Slot { get; set; } = "";

    public string SlotStateFrom { get; set; } = "";

    public double? SlotS { get; set; }

    public double? KernelS { get; set; }

    public double? LoginS { get; set; }

    public double? VisorUpS { get; set; }

    public double? JoinedS { get; set; }

    public double? AllStartedS { get; set; }

    public double MemoryTotalMb { get; set; }

    public double MemoryUsedMb { get; set; }

    public double? VisorRssMb { get; set; }

    public double DataMb { get; set; }

    public string System { get; set; } = "";

    public IReadOnlyList<string> FailedUnits { get; set; } = [];

    public int VisorRestarts { get; set; }

    public IReadOnlyList<string> ConsoleProblems { get; set; } = [];
}

/// <summary>One LED in one state: what board.json asks for and what its line did.</summary>
internal sealed record LedObservation(string State, string How, string Led, string Wanted, string Seen, bool Ok);

/// <summary>The start with a broken skyminer.conf.</summary>
internal sealed record BrokenSettings(bool CameUp, bool VisorRan, bool SshKeyWorked, string State, string ErrorsText, IReadOnlyList<string> Explained, IReadOnlyList<string> NotExplained);

/// <summary>The result; <see cref="Ok"/> only when everything holds.</summary>
internal sealed record BootReport
{
    public bool Ok { get; set; }

    public IReadOnlyList<string> Failures { get; set; } = [];

    public string Image { get; set; } = "";

    public int MemoryMb { get; set; }

    /// <summary>Load of this machine (processes that want to run, one minute) before the first start: times are only worth comparing with this beside them.</summary>
    public double MachineLoad { get; set; }

    public BootFigures? First { get; set; }

    public List<LedObservation> Leds { get; set; } = [];

    public BootFigures? Second { get; set; }

    /// <summary>What was the same at the second start; what was not is a failure.</summary>
    public IReadOnlyList<string> Kept { get; set; } = [];

    public BrokenSettings? Broken { get; set; }
}

/// <summary>The start of the emulated Raspberry Pi, as far as its serial console tells.</summary>
internal sealed record Raspi3bReport
{
    public bool Ok { get; set; }

    public IReadOnlyList<string> Failures { get; set; } = [];

    public string Image { get; set; } = "";

    public double MachineLoad { get; set; }

    public double? SlotS { get; set; }

    public double? KernelS { get; set; }

    public double? LoginS { get; set; }

    public double? VisorAnsweredS { get; set; }

    public string StateShown { get; set; } = "";

    public IReadOnlyList<string> ConsoleProblems { get; set; } = [];
}

/// <summary>One board of the box.</summary>
internal sealed record BoxBoard(string Name, string Key, string Address, double? LoginS, double? JoinedS, double? VisorRssMb, double MemoryUsedMb);

/// <summary>Boards on one wire. Seconds since power-on, after the loss since the plug was pulled.</summary>
internal sealed record BoxImageReport
{
    public bool Ok { get; set; }

    public IReadOnlyList<string> Failures { get; set; } = [];

    public string Image { get; set; } = "";

    public double MachineLoad { get; set; }

    public List<BoxBoard> Boards { get; set; } = [];

    public double? AllJoinedS { get; set; }

    public string ServedBy { get; set; } = "";

    public long FileBytes { get; set; }

    public bool Sha256Equal { get; set; }

    public double? FileS { get; set; }

    public double? FileMbPerS { get; set; }

    /// <summary>Bytes that the route from A to B's proxy brought.</summary>
    public long RouteBytes { get; set; }

    public string SwitchedOff { get; set; } = "";

    public string ServedByThen { get; set; } = "";

    public double? JoinedAgainS { get; set; }

    public double? TrafficAgainS { get; set; }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BootReport))]
[JsonSerializable(typeof(Raspi3bReport))]
[JsonSerializable(typeof(BoxImageReport))]
internal sealed partial class BoardReportJson : JsonSerializerContext;
