// What check ota found out.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>One case with its end state. <paramref name="Starts"/>: the slots that were started, one letter each.</summary>
internal sealed record OtaCaseResult(string Case, bool Ok, double Seconds, string Slot, string Version, bool DataIntact, string Event, string Code, string Reason, string Starts, IReadOnlyList<string> Failures);

/// <summary>Figures of the update over the network. Bytes on the wire are the server's count; bytes written the card's, from the order to the restart.</summary>
internal sealed record OtaFigures
{
    public long BundleBytes { get; set; }

    public long DownloadedBytes { get; set; }

    public long IndexBytes { get; set; }

    public long FromSlotBytes { get; set; }

    public int BrokenConnections { get; set; }

    public double? DownloadS { get; set; }

    public double? InstallS { get; set; }

    public double? TrialS { get; set; }

    public long CardWrittenBytes { get; set; }
}

/// <summary>One power cut. <paramref name="At"/>: what the board was doing, <paramref name="AfterS"/> seconds into the phase; <paramref name="Meaning"/>: how the board explains it.</summary>
internal sealed record CutResult(int Number, string Phase, double AfterS, string At, string Tear, bool Ok, string Slot, string Version, string StateFrom, string Meaning, double BootS, IReadOnlyList<string> Failures);

/// <summary>Cuts of one phase.</summary>
internal sealed record CutTableRow(string Phase, int Cuts, int Good, int OldSlot, int NewSlot, int Torn);

/// <summary>A roll-out through a box while a file flows.</summary>
internal sealed record OtaBoxFigures
{
    public int Boards { get; set; }

    public string From { get; set; } = "";

    public string To { get; set; } = "";

    /// <summary>In the order they came back; the one that served last.</summary>
    public IReadOnlyList<string> Order { get; set; } = [];

    public string ServedBy { get; set; } = "";

    public int MostDownAtOnce { get; set; }

    public double? RolloutS { get; set; }

    public long FileBytes { get; set; }

    public bool Sha256Equal { get; set; }

    /// <summary>The longest time in which no block came.</summary>
    public double LongestGapS { get; set; }

    /// <summary>Blocks by the way they came: the client's board by the proxy's.</summary>
    public IReadOnlyDictionary<string, int> Ways { get; set; } = new Dictionary<string, int>();

    /// <summary>Bytes of bundles that left the feed's server.</summary>
    public long DownloadedBytes { get; set; }

    /// <summary>Those of them that were not sent before: what one board needs.</summary>
    public long DistinctBytes { get; set; }
}

/// <summary>The result; <see cref="Ok"/> only when everything holds.</summary>
internal sealed record OtaReport
{
    public bool Ok { get; set; }

    public IReadOnlyList<string> Failures { get; set; } = [];

    public string Image { get; set; } = "";

    public string Version { get; set; } = "";

    public double MachineLoad { get; set; }

    public List<OtaCaseResult> Cases { get; set; } = [];

    public OtaFigures? Figures { get; set; }

    public ulong? Seed { get; set; }

    public List<CutResult> Cuts { get; set; } = [];

    public IReadOnlyList<CutTableRow> CutTable { get; set; } = [];

    public OtaBoxFigures? Box { get; set; }

    /// <summary>File that holds what is known so far: a run of hours that is ended leaves it.</summary>
    [JsonIgnore]
    public string File { get; set; } = "";

    /// <summary>Adds a case and writes the file.</summary>
    public void Add(OtaCaseResult result)
    {
        lock (Cases)
        {
            Cases.Add(result);
            Save();
        }
    }

    /// <summary>Says more of a case that was added.</summary>
    public void Replace(OtaCaseResult result, OtaCaseResult by)
    {
        lock (Cases)
        {
            Cases[Cases.IndexOf(result)] = by;
            Save();
        }
    }

    /// <summary>Adds a cut and writes the file.</summary>
    public void Add(CutResult result)
    {
        lock (Cases)
        {
            Cuts.Add(result);
            Save();
        }
    }

    private void Save() => System.IO.File.WriteAllText(File, JsonSerializer.Serialize(this, OtaReportJson.Default.OtaReport));
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OtaReport))]
internal sealed partial class OtaReportJson : JsonSerializerContext;
