// What the client shows: one immutable picture, made anew at each change.
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Update.Policy;

namespace Skywire.Update;

/// <summary>The state of a board's updates. Texts that do not apply are "".</summary>
public sealed record UpdateStatus
{
    /// <summary>What it is doing.</summary>
    [JsonIgnore]
    public required UpdatePhase Phase { get; init; }

    /// <summary>The phase as a word.</summary>
    [JsonPropertyName("phase")]
    public string PhaseWord => SnakeCase.Of(Phase.ToString());

    /// <summary>Why it waits or failed, in words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What runs.</summary>
    public required string Version { get; init; }

    /// <summary>The slot it runs from; "" when it runs from none.</summary>
    public required string Slot { get; init; }

    /// <summary>The kind of image.</summary>
    public required string Compatible { get; init; }

    /// <summary>Channel, as a word.</summary>
    public required string Channel { get; init; }

    /// <summary>The version found, fetched or installed.</summary>
    public string Target { get; init; } = "";

    /// <summary>What is new in it.</summary>
    public string Changelog { get; init; } = "";

    /// <summary>Percent of the phase; 0 where it has none.</summary>
    public int Percent { get; init; }

    /// <summary>RAUC's step, while it installs.</summary>
    public string Step { get; init; } = "";

    /// <summary>Bytes of the bundle.</summary>
    public long BytesTotal { get; init; }

    /// <summary>Bytes that are there.</summary>
    public long BytesHeld { get; init; }

    /// <summary>Bytes taken from the running slot.</summary>
    public long BytesFromSlot { get; init; }

    /// <summary>Bytes that came over the network.</summary>
    public long BytesFetched { get; init; }

    /// <summary>Connections that broke.</summary>
    public int Retries { get; init; }

    /// <summary>The last look at a feed; null for none.</summary>
    public DateTimeOffset? LastCheck { get; init; }

    /// <summary>What was wrong with it; "" when nothing was.</summary>
    public string CheckFault { get; init; } = "";

    /// <summary>Code of the last refusal.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>Its cause.</summary>
    public string RefusalCause { get; init; } = "";

    /// <summary>What to do about it.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>Refusals since the start of the program, by code.</summary>
    public IReadOnlyDictionary<string, long> Refusals { get; init; } = new Dictionary<string, long>();

    /// <summary>Versions not installed again by themselves.</summary>
    public IReadOnlyList<FailedVersion> Failed { get; init; } = [];

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, UpdateJson.Default.UpdateStatus);
}
