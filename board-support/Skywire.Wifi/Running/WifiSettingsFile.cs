// What the board's settings say about radios: one small JSON file, written by "skywire board settings apply".
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Wifi.Plan;

namespace Skywire.Wifi.Running;

/// <summary>Settings read from a file.</summary>
/// <param name="Wishes">What the owner wants; with a fault, that radios are used and nothing more, so that no backhaul is formed. Holds secrets.</param>
/// <param name="IsSet">The owner gave the board its mesh: no setup access point is needed. True with a fault, too: whoever damages a file must not open one.</param>
/// <param name="Fault">Why the file could not be used, in words; "" when it could.</param>
public sealed record WifiSettings(WifiWishes Wishes, bool IsSet, string Fault);

/// <summary>Reads the file.</summary>
public static class WifiSettingsFile
{
    /// <summary>Where it lies on a board.</summary>
    public const string SystemFile = "/run/skyminer/wifi.json";

    // It has some 300 bytes.
    private const int MaxSize = 16 * 1024;

    /// <summary>Reads it. Never throws: a missing or torn file is a fault.</summary>
    public static WifiSettings Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return !file.Exists ? Failed($"there is no {path}; \"systemctl status skyminer-settings\" tells why")
                : file.Length > MaxSize ? Failed($"{path} has {file.Length} bytes: it is not the wifi settings")
                : Parse(File.ReadAllBytes(path)) is { Fault.Length: 0 } settings ? settings : Failed($"{path} is damaged; \"skywire board settings apply\" makes it anew");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failed($"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads its content.</summary>
    public static WifiSettings Parse(ReadOnlySpan<byte> content)
    {
        Content? read;
        try
        {
            read = content.Length > MaxSize ? null : JsonSerializer.Deserialize(content, WifiSettingsJson.Default.Content);
        }
        catch (JsonException)
        {
            // Its message may hold a piece of the file, and so of a secret.
            read = null;
        }

        return read is null || read.Texts.Any(t => t is null)
            ? Failed("the wifi settings are damaged")
            : new WifiSettings(
                new WifiWishes
                {
                    IsOn = read.IsOn,
                    Country = read.Country,
                    MeshName = read.MeshName,
                    Passphrase = read.Passphrase,
                    Channel = read.Channel,
                    ClientName = read.ClientName,
                    ClientPassphrase = read.ClientPassphrase,
                    IsGateway = read.IsGateway,
                },
                read.IsSet,
                "");
    }

    private static WifiSettings Failed(string fault) => new(new WifiWishes(), true, fault);

    // As it stands in the file; unknown keys are a newer program's and skipped. Not init: generated code would give what is missing no default.
    internal sealed record Content
    {
        public bool IsOn { get; set; } = true;

        public string Country { get; set; } = "";

        public string MeshName { get; set; } = "";

        public string Passphrase { get; set; } = "";

        public int Channel { get; set; }

        public string ClientName { get; set; } = "";

        public string ClientPassphrase { get; set; } = "";

        public bool IsGateway { get; set; }

        public bool IsSet { get; set; }

        internal IReadOnlyList<string?> Texts => [Country, MeshName, Passphrase, ClientName, ClientPassphrase];
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WifiSettingsFile.Content))]
internal sealed partial class WifiSettingsJson : JsonSerializerContext;
