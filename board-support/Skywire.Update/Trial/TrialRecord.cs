// trial.json: what a new slot must prove. Written before RAUC writes the slot, so that there is no moment in which the board could start it unobserved.
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Update.Storage;

namespace Skywire.Update.Trial;

/// <summary>How far the update is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrialStage>))]
public enum TrialStage
{
    /// <summary>RAUC writes the slot; whether it got to the end is RAUC's to say.</summary>
    [JsonStringEnumMemberName("installing")]
    Installing,

    /// <summary>Written and first in the boot order.</summary>
    [JsonStringEnumMemberName("installed")]
    Installed,

    /// <summary>The new slot's userspace came up and judges itself.</summary>
    [JsonStringEnumMemberName("on_trial")]
    OnTrial,
}

/// <summary>A trial.</summary>
public sealed record TrialRecord
{
    /// <summary>File below /data/update.</summary>
    public const string File = "trial.json";

    /// <summary>Why a trial failed: a plain text, written by whoever saw it, shell units included.</summary>
    public const string ReasonFile = "trial-reason";

    private const int MaxBytes = 16 * 1024;

    /// <summary>The new slot.</summary>
    public required string Slot { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>The slot that installed it.</summary>
    public required string FromSlot { get; init; }

    /// <summary>Its version.</summary>
    public required string FromVersion { get; init; }

    /// <summary>Links that were up before.</summary>
    public required int LinksBefore { get; init; }

    /// <summary>When, by the board's clock; also the name of this trial.</summary>
    public required DateTimeOffset InstalledAt { get; init; }

    /// <summary>Seconds from the start of the new slot to its verdict.</summary>
    public required int Deadline { get; init; }

    /// <summary>How far it is.</summary>
    public TrialStage Stage { get; init; } = TrialStage.Installing;

    /// <summary>The start of the machine in which it was installed.</summary>
    public string BootId { get; init; } = "";

    /// <summary>What history entries of this trial are marked with.</summary>
    [JsonIgnore]
    public string Name => $"{Version} {InstalledAt:O}";

    /// <summary>Reads it; null when there is none or it is damaged (it is written atomically: then somebody else wrote it).</summary>
    public static TrialRecord? Load(IUpdateStorage storage)
    {
        try
        {
            return storage.Read(File, MaxBytes) is { } bytes && JsonSerializer.Deserialize(bytes, UpdateJson.Default.TrialRecord) is { Slot: not null, Version: not null, FromSlot: not null, FromVersion: not null } trial ? trial : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it.</summary>
    public void Save(IUpdateStorage storage) => storage.Write(File, JsonSerializer.SerializeToUtf8Bytes(this, UpdateJson.Default.TrialRecord));

    /// <summary>The trial is over, the reason for its end read or not needed.</summary>
    public static void Clear(IUpdateStorage storage)
    {
        // The record last: as long as it is there this is done again.
        storage.Delete(ReasonFile);
        storage.Delete(File);
    }
}
