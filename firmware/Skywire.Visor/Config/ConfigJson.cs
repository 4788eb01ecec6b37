// Source-generated JSON of configuration files: no reflection, so trimming keeps it whole.
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Crypto;

namespace Skywire.Visor.Config;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(PubKeyConverter), typeof(DurationConverter)])]
[JsonSerializable(typeof(VisorConfig))]
internal sealed partial class ConfigJson : JsonSerializerContext
{
    /// <summary>The text of a configuration, ending in a line feed.</summary>
    public static byte[] Format(VisorConfig config)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonSerializer.Serialize(writer, config, Default.VisorConfig);
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }
}

/// <summary>Public keys as 66 hex digits.</summary>
internal sealed class PubKeyConverter : JsonConverter<PubKey>
{
    /// <inheritdoc/>
    public override PubKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => PubKey.TryParseHex(reader.GetString(), out var key) ? key : throw new JsonException("not a public key");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PubKey value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>Durations as Go text.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Duration.TryParse(reader.GetString() ?? "", out var value) ? value : throw new JsonException("not a duration");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Duration.Format(value));
}
