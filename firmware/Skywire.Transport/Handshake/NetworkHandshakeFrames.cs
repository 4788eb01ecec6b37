// The four clear-text frames that open a TCP link (spec 10 §4): canonical writers beside lenient readers.
using System.Text;
using System.Text.Json;
using Skywire.Crypto;

namespace Skywire.Transport.Handshake;

/// <summary>A key and a skywire port, as F2 carries them.</summary>
internal readonly record struct SkywireAddress(PubKey Key, ushort Port);

/// <summary>F2: who dials whom, and the signature over the nonce.</summary>
internal sealed record HandshakeProof(SkywireAddress Source, SkywireAddress Destination, byte[] Nonce, Signature Signature);

/// <summary>
/// Grammar: F0 = "get_nonce"; F1 = {"Nonce":[16 numbers]} LF; F2 = {"SrcAddr":A,"DstAddr":A,"Nonce":[...],"Sig":"130 hex"} LF with
/// A = {"public_key":"66 hex","port":P}; F3 = {"OK":bool,"ErrMsg":"text"} LF. Readers take member names in any case and skip unknown ones; they never throw.
/// </summary>
internal static class NetworkHandshakeFrames
{
    internal const int NonceSize = 16;

    /// <summary>Longest line read. The reference's longest is 419 bytes; the rest is room for a long refusal text and another's spacing.</summary>
    internal const int MaxLine = 2048;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8 };

    /// <summary>F0.</summary>
    internal static ReadOnlySpan<byte> GetNonce => "get_nonce"u8;

    /// <summary>F1.</summary>
    internal static byte[] WriteNonce(ReadOnlySpan<byte> nonce) => Encoding.ASCII.GetBytes($"{{\"Nonce\":{Numbers(nonce)}}}\n");

    /// <summary>F2 with its signature.</summary>
    internal static byte[] WriteProof(HandshakeProof proof) => Encoding.ASCII.GetBytes(
        $"{{\"SrcAddr\":{Address(proof.Source)},\"DstAddr\":{Address(proof.Destination)},\"Nonce\":{Numbers(proof.Nonce)},\"Sig\":\"{proof.Signature}\"}}\n");

    /// <summary>What F2's signature covers: F2 itself, LF included, with an all-zero signature.</summary>
    internal static byte[] SignedPayload(HandshakeProof proof) => WriteProof(proof with { Signature = default });

    /// <summary>F3.</summary>
    internal static byte[] WriteReply(bool ok, string error) => Encoding.UTF8.GetBytes($"{{\"OK\":{(ok ? "true" : "false")},\"ErrMsg\":\"{JsonEncodedText.Encode(error)}\"}}\n");

    internal static bool TryParseNonce(ReadOnlySpan<byte> line, out byte[] nonce)
    {
        byte[]? found = null;
        var ok = TryVisit(line, (name, value) => !Is(name, "Nonce") || TryNumbers(value, out found));
        nonce = found ?? [];
        return ok && found is not null;
    }

    internal static bool TryParseProof(ReadOnlySpan<byte> line, out HandshakeProof? proof)
    {
        SkywireAddress? source = null;
        SkywireAddress? destination = null;
        byte[]? nonce = null;
        Signature? signature = null;
        var ok = TryVisit(line, (name, value) =>
            Is(name, "SrcAddr") ? TryAddress(value, out source)
            : Is(name, "DstAddr") ? TryAddress(value, out destination)
            : Is(name, "Nonce") ? TryNumbers(value, out nonce)
            : !Is(name, "Sig") || TrySignature(value, out signature));
        proof = ok && source is { } s && destination is { } d && nonce is not null && signature is { } g ? new HandshakeProof(s, d, nonce, g) : null;
        return proof is not null;
    }

    internal static bool TryParseReply(ReadOnlySpan<byte> line, out bool accepted, out string error)
    {
        bool? ok = null;
        var text = "";
        var valid = TryVisit(line, (name, value) =>
        {
            if (Is(name, "OK"))
            {
                ok = value.ValueKind == JsonValueKind.True;
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
            }

            if (Is(name, "ErrMsg"))
            {
                text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            }

            return true;
        });
        accepted = ok == true;
        error = text;
        return valid && ok is not null;
    }

    private static bool Is(string name, string member) => name.Equals(member, StringComparison.OrdinalIgnoreCase);

    private static string Numbers(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("[");
        foreach (var b in bytes)
        {
            text.Append(text.Length > 1 ? "," : "").Append(b);
        }

        return text.Append(']').ToString();
    }

    private static string Address(SkywireAddress address) => $"{{\"public_key\":\"{address.Key}\",\"port\":{address.Port}}}";

    private static bool TryVisit(ReadOnlySpan<byte> line, Func<string, JsonElement, bool> member)
    {
        if (line.Length > MaxLine)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(line.ToArray(), Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.EnumerateObject().All(m => member(m.Name, m.Value));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // JsonException: no JSON; InvalidOperationException: a string that is no UTF-8. Both are just a bad frame.
            return false;
        }
    }

    private static bool TryNumbers(JsonElement value, out byte[]? bytes)
    {
        bytes = null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != NonceSize)
        {
            return false;
        }

        var result = new byte[NonceSize];
        for (var i = 0; i < NonceSize; i++)
        {
            if (value[i].ValueKind != JsonValueKind.Number || !value[i].TryGetByte(out result[i]))
            {
                return false;
            }
        }

        bytes = result;
        return true;
    }

    private static bool TryAddress(JsonElement value, out SkywireAddress? address)
    {
        address = null;
        if (value.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var key = default(PubKey);
        ushort port = 0;
        foreach (var member in value.EnumerateObject())
        {
            if (Is(member.Name, "public_key") && (member.Value.ValueKind != JsonValueKind.String || !PubKey.TryParseLenient(member.Value.GetString(), out key)))
            {
                return false;
            }

            if (Is(member.Name, "port") && (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetUInt16(out port)))
            {
                return false;
            }
        }

        address = new SkywireAddress(key, port);
        return true;
    }

    private static bool TrySignature(JsonElement value, out Signature? signature)
    {
        signature = null;
        if (value.ValueKind != JsonValueKind.String || !Signature.TryParseHex(value.GetString(), out var parsed))
        {
            return false;
        }

        signature = parsed;
        return true;
    }
}
