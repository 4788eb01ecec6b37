// The JSON line of the settlement handshake (spec 10 §3.3, §3.4, §6).
using System.Text;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery;

namespace Skywire.Transport.Settlement;

/// <summary>Grammar: {"entry":{"t_id":"uuid","edges":["66 hex","66 hex"],"type":"name","label":"text"},"signatures":["130 hex","130 hex"]} LF. The reader never throws.</summary>
internal static class SettlementEntry
{
    /// <summary>Longest line read: the reference sends 516 or 517 bytes; another's spacing and a registered time fit.</summary>
    internal const int MaxLine = 2048;

    /// <summary>Longest label taken over; the known ones have at most nine letters.</summary>
    internal const int MaxLabel = 32;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8 };

    internal static byte[] Write(SignedTransportEntry signed) => Encoding.UTF8.GetBytes(
        $"{{\"entry\":{{\"t_id\":\"{signed.Entry.Id}\",\"edges\":[\"{signed.Entry.Edge0}\",\"{signed.Entry.Edge1}\"],\"type\":\"{JsonEncodedText.Encode(signed.Entry.Type)}\",\"label\":\"{JsonEncodedText.Encode(signed.Entry.Label)}\"}},\"signatures\":[\"{signed.Signature0}\",\"{signed.Signature1}\"]}}\n");

    internal static bool TryParse(ReadOnlySpan<byte> line, out SignedTransportEntry? signed)
    {
        signed = null;
        if (line.Length > MaxLine)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(line.ToArray(), Strict);
            if (!TryMember(document.RootElement, "entry", JsonValueKind.Object, out var entry)
                || !TryMember(document.RootElement, "signatures", JsonValueKind.Array, out var signatures)
                || !TryMember(entry, "t_id", JsonValueKind.String, out var id)
                || !TryMember(entry, "edges", JsonValueKind.Array, out var edges)
                || !TryMember(entry, "type", JsonValueKind.String, out var type)
                || !TransportId.TryParse(id.GetString(), out var transportId)
                || !TryPair(edges, out var edge0, out var edge1)
                || !TryPair(signatures, out var text0, out var text1)
                || !PubKey.TryParseHex(edge0, out var key0)
                || !PubKey.TryParseHex(edge1, out var key1)
                || !Signature.TryParseHex(text0, out var signature0)
                || !Signature.TryParseHex(text1, out var signature1))
            {
                return false;
            }

            var label = TryMember(entry, "label", JsonValueKind.String, out var l) ? l.GetString()! : "";
            signed = new SignedTransportEntry(new TransportEntry(transportId, key0, key1, type.GetString()!, label), signature0, signature1);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // JsonException: no JSON; InvalidOperationException: a string that is no UTF-8. Both are just a bad entry.
            return false;
        }
    }

    /// <summary>The label of an entry, or <c>user</c> when it is not a plain short word.</summary>
    internal static string PlainLabel(string label) => label.Length is > 0 and <= MaxLabel && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? label : TransportLabels.User;

    private static bool TryMember(JsonElement parent, string name, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        if (parent.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var member in parent.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = member.Value;
            }
        }

        return value.ValueKind == kind;
    }

    private static bool TryPair(JsonElement array, out string first, out string second)
    {
        first = second = "";
        if (array.GetArrayLength() != 2 || array[0].ValueKind != JsonValueKind.String || array[1].ValueKind != JsonValueKind.String)
        {
            return false;
        }

        first = array[0].GetString()!;
        second = array[1].GetString()!;
        return true;
    }
}
