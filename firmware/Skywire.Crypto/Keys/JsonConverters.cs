// Keys and signatures in JSON are their text forms (spec 01 §1).
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skywire.Crypto;

/// <summary>Public keys in JSON: 66 hex digits. Reading is lenient about the null key: JSON null, an empty string and zero digits of any number stand for it.</summary>
public sealed class PubKeyJsonConverter : JsonConverter<PubKey>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override PubKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        return reader.TokenType == JsonTokenType.String ? Parse(ref reader) : throw new JsonException("a public key must be a string");
    }

    /// <inheritdoc/>
    public override PubKey ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PubKey value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, PubKey value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(value.ToString());
    }

    private static PubKey Parse(ref Utf8JsonReader reader) =>
        PubKey.TryParseLenient(reader.GetString(), out var key) ? key : throw new JsonException("not a public key: expected 66 hex digits of a compressed secp256k1 point");
}

/// <summary>Signatures in JSON: 130 hex digits. JSON null stands for the all-zero signature, which verifies for nobody.</summary>
public sealed class SignatureJsonConverter : JsonConverter<Signature>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override Signature Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        return reader.TokenType == JsonTokenType.String && Signature.TryParseHex(reader.GetString(), out var signature)
            ? signature
            : throw new JsonException("not a signature: expected a string of 130 hex digits");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Signature value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
