// What flashing came to, for scripts.
using System.Text.Json.Serialization;

namespace Skywire.Workbench.Flashing;

/// <summary>One card. Times in seconds, rates in 10^6 bytes per second.</summary>
internal sealed record FlashReport
{
    /// <summary>The image file.</summary>
    public required string Image { get; init; }

    /// <summary>The disk written.</summary>
    public required string Device { get; init; }

    /// <summary>Bytes of the image.</summary>
    public required long Bytes { get; init; }

    /// <summary>Its SHA-256.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The file of sums the image was compared with; null when there was none.</summary>
    public string? SumsFile { get; init; }

    /// <summary>True when nothing was written because that was asked for.</summary>
    public bool DryRun { get; init; }

    /// <summary>Of the bytes, zeros that the medium made itself.</summary>
    public long ZeroedBytes { get; init; }

    /// <summary>Reading the image first.</summary>
    public double CheckSeconds { get; init; }

    /// <summary>Writing, until all had reached the card.</summary>
    public double WriteSeconds { get; init; }

    /// <summary>Rate of writing.</summary>
    public double WriteRate => WriteSeconds > 0 ? Bytes / 1e6 / WriteSeconds : 0;

    /// <summary>Reading back.</summary>
    public double VerifySeconds { get; init; }

    /// <summary>Rate of reading back.</summary>
    public double VerifyRate => VerifySeconds > 0 ? Bytes / 1e6 / VerifySeconds : 0;

    /// <summary>True when what was read back is the image.</summary>
    public bool Verified { get; init; }

    /// <summary>True when reading back came from the medium and not from this machine's memory.</summary>
    public bool PastCache { get; init; }

    /// <summary>The settings file put on the card; null without one.</summary>
    public string? Settings { get; init; }

    /// <summary>Putting it there and reading it back.</summary>
    public double SettingsSeconds { get; init; }
}

/// <summary>One line of the list of media.</summary>
internal sealed record MediumView(string Device, string Title, string Transport, long Bytes, bool CanBeWritten, string? Refusal, string? Reason);

/// <summary>JSON of this folder.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<FlashReport>))]
[JsonSerializable(typeof(IReadOnlyList<MediumView>))]
internal sealed partial class FlashJson : JsonSerializerContext;
