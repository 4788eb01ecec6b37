// What check wifi found out.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>A step and how long it took.</summary>
internal sealed record StepSeconds(string Step, double Seconds);

/// <summary>Four nodes that hear each other, and one with another passphrase. Seconds from the order to start the services.</summary>
internal sealed record MeshFigures
{
    public double? JoinedS { get; set; }

    public Dictionary<string, double> NodeJoinedS { get; set; } = [];

    public double OutsiderWatchedS { get; set; }

    public int OutsiderLinks { get; set; }

    public string OutsiderState { get; set; } = "";

    /// <summary>Counters of refusals of the four, by node and name.</summary>
    public Dictionary<string, long> Refusals { get; set; } = [];

    public IReadOnlyList<string> RefusalReasons { get; set; } = [];
}

/// <summary>Four nodes in a line.</summary>
internal sealed record LineFigures
{
    public double? JoinedS { get; set; }

    public int LinksOfFirst { get; set; }

    /// <summary>Hops from the first to the last as the kernel counts them.</summary>
    public int Hops { get; set; }

    /// <summary>Node to which each node on the way hands what is for the last.</summary>
    public IReadOnlyList<int> Way { get; set; } = [];

    public int Pings { get; set; }

    public double PingLossPercent { get; set; }

    public double PingMedianMs { get; set; }

    /// <summary>From the return of the radio in the middle until the first reaches the last again.</summary>
    public double? RejoinS { get; set; }
}

/// <summary>Files carried one way: medians of all runs. CPU seconds are per MB (10^6 bytes) and of all nodes together.</summary>
internal sealed record CarryFigures
{
    public int Runs { get; set; }

    public double BytesPerS { get; set; }

    /// <summary>The visors' own time and all of the kernel's.</summary>
    public double CpuSPerMb { get; set; }

    /// <summary>The visors' time with the kernel's share in it.</summary>
    public double VisorCpuSPerMb { get; set; }

    /// <summary>All of the kernel's time, the simulated air among it.</summary>
    public double KernelCpuSPerMb { get; set; }

    public IReadOnlyList<double> RunBytesPerS { get; set; } = [];

    public IReadOnlyList<double> RunCpuSPerMb { get; set; } = [];
}

/// <summary>A file through visors that know nothing but a secret, over the air.</summary>
internal record CarriedFile
{
    public double? VisorsJoinedS { get; set; }

    public long FileBytes { get; set; }

    public bool Sha256Equal { get; set; }

    public double FileS { get; set; }

    public double BytesPerS { get; set; }
}

/// <summary>Visors on the line: found by beacons; then the kernel's forwarding against our own routing.</summary>
internal sealed record VisorFigures : CarriedFile
{
    public CarryFigures? KernelForwarding { get; set; }

    public CarryFigures? OwnRouting { get; set; }

    /// <summary>Hops of the route of our own.</summary>
    public int OwnRoutingHops { get; set; }

    /// <summary>Kernel's forwarding over own routing.</summary>
    public double? SpeedRatio { get; set; }

    public double? CpuRatio { get; set; }
}

/// <summary>Radios that can do ad-hoc networks, and no mesh.</summary>
internal sealed record AdHocFigures : CarriedFile
{
    public double? JoinedS { get; set; }

    public IReadOnlyDictionary<string, string> Modes { get; set; } = new Dictionary<string, string>();
}

/// <summary>Radios that can be access points and stations, and nothing else.</summary>
internal sealed record TreeFigures : CarriedFile
{
    public double? JoinedS { get; set; }

    public IReadOnlyDictionary<string, string> Modes { get; set; } = new Dictionary<string, string>();

    /// <summary>Depth of each node where all hear each other.</summary>
    public IReadOnlyDictionary<string, int> Depths { get; set; } = new Dictionary<string, int>();

    /// <summary>From the order that nobody hears more than the one beside it, until all are joined again.</summary>
    public double? LineJoinedS { get; set; }

    public IReadOnlyDictionary<string, int> LineDepths { get; set; } = new Dictionary<string, int>();
}

/// <summary>A channel that the rules refuse.</summary>
internal sealed record RefusalFigures
{
    public double? ShownS { get; set; }

    public string State { get; set; } = "";

    public string Reason { get; set; } = "";

    /// <summary>From settings that hold again until all are joined.</summary>
    public double? BackS { get; set; }
}

/// <summary>A round of faults, one sequence a node.</summary>
internal sealed record FaultRound(int Number, IReadOnlyList<string> Sequences, double? Seconds, IReadOnlyList<string> Notes);

/// <summary>Faults of radios.</summary>
internal sealed record FaultFigures
{
    public int Sequences { get; set; }

    public int CameBack { get; set; }

    public bool HasRfkill { get; set; }

    /// <summary>From the end of a round's last fault until all nodes are joined and reach each other.</summary>
    public double? MedianS { get; set; }

    public double? LongestS { get; set; }

    public List<FaultRound> Rounds { get; set; } = [];

    public IReadOnlyDictionary<string, long> Before { get; set; } = new Dictionary<string, long>();

    public IReadOnlyDictionary<string, long> After { get; set; } = new Dictionary<string, long>();
}

/// <summary>The result; <see cref="Ok"/> only when everything that was asked for holds. Times in seconds; null where a part was left out or did not come to it.</summary>
internal sealed record WifiCheckReport
{
    public bool Ok { get; set; }

    public List<string> Failures { get; set; } = [];

    public string Image { get; set; } = "";

    public double MachineLoad { get; set; }

    public int Processors { get; set; }

    public string HearingBy { get; set; } = "groups of mac80211_hwsim";

    public ulong Seed { get; set; }

    public List<StepSeconds> Steps { get; set; } = [];

    public MeshFigures? Mesh { get; set; }

    public LineFigures? Line { get; set; }

    public VisorFigures? Visors { get; set; }

    public AdHocFigures? AdHoc { get; set; }

    public TreeFigures? Tree { get; set; }

    public RefusalFigures? Refusal { get; set; }

    public FaultFigures? Faults { get; set; }

    /// <summary>File that holds what is known so far: a run that is ended leaves it.</summary>
    [JsonIgnore]
    public string File { get; set; } = "";

    /// <summary>Notes a failure unless <paramref name="holds"/>; returns it.</summary>
    public bool Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            Failures.Add(otherwise);
            Save();
        }

        return holds;
    }

    /// <summary>Writes the file.</summary>
    public void Save()
    {
        Ok = Failures.Count == 0;
        System.IO.File.WriteAllText(File, JsonSerializer.Serialize(this, WifiReportJson.Default.WifiCheckReport));
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WifiCheckReport))]
internal sealed partial class WifiReportJson : JsonSerializerContext;
