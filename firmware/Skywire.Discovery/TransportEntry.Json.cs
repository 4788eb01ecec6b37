// JSON form of transport entries as visors exchange them at settlement and the transport discovery keeps them (spec 10 §3.3, §3.4).
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery.Json;

namespace Skywire.Discovery;

/// <summary>Reads and writes transport entries. Nothing here throws for what others sent.</summary>
public static class TransportEntryJson
{
    /// <summary>Longest text taken as one entry; a signed one of the reference has about 520 bytes, the rest is room for members to come.</summary>
    public const int MaxEntryBytes = 8 * 1024;

    /// <summary>Longest type or label accepted; the longest known has nine letters.</summary>
    public const int MaxNameLength = 32;

    /// <summary>The entry alone: <c>{"t_id":..,"edges":[..,..],"type":..,"label":..}</c>.</summary>
    public static byte[] ToJson(this TransportEntry entry)
    {
        var json = new JsonText(escapeHtml: true);
        Write(json, entry);
        return json.ToArray();
    }

    /// <summary>The signed entry: <c>{"entry":{..},"signatures":[..,..]}</c>; a missing signature is 130 zeros.</summary>
    public static byte[] ToJson(this SignedTransportEntry entry)
    {
        var json = new JsonText(escapeHtml: true);
        Write(json, entry);
        return json.ToArray();
    }

    /// <summary>An array of entries without a line end.</summary>
    public static byte[] ToJson(this IReadOnlyList<TransportEntry> entries)
    {
        var json = new JsonText(escapeHtml: true).BeginArray();
        foreach (var entry in entries)
        {
            Write(json, entry);
        }

        return json.EndArray().ToArray();
    }

    /// <summary>An array of signed entries without a line end.</summary>
    public static byte[] ToJson(this IReadOnlyList<SignedTransportEntry> entries)
    {
        var json = new JsonText(escapeHtml: true).BeginArray();
        foreach (var entry in entries)
        {
            Write(json, entry);
        }

        return json.EndArray().ToArray();
    }

    /// <summary>
    /// Parses one entry; null when malformed. Unknown members are ignored, a missing label reads as <see cref="TransportLabels.User"/>. Whether ID and edge
    /// order are right is for <see cref="TransportEntry.IsConsistent"/>.
    /// </summary>
    public static TransportEntry? Parse(ReadOnlySpan<byte> text)
    {
        ReadOnlyMemory<byte> copy = Bounded(text, MaxEntryBytes);
        return JsonInput.Read(copy, MaxEntryBytes, Read);
    }

    /// <summary>Parses one signed entry; null when malformed.</summary>
    public static SignedTransportEntry? ParseSigned(ReadOnlySpan<byte> text)
    {
        ReadOnlyMemory<byte> copy = Bounded(text, MaxEntryBytes);
        return JsonInput.Read(copy, MaxEntryBytes, ReadSigned);
    }

    /// <summary>Parses an array of entries of at most <paramref name="limit"/> bytes; <c>null</c> in JSON is an empty list. Null when malformed.</summary>
    public static IReadOnlyList<TransportEntry>? ParseList(ReadOnlyMemory<byte> text, int limit) => JsonInput.Read(text, limit, root => ReadList(root, Read));

    /// <summary>Parses an array of signed entries of at most <paramref name="limit"/> bytes. Null when malformed.</summary>
    public static IReadOnlyList<SignedTransportEntry>? ParseSignedList(ReadOnlyMemory<byte> text, int limit) => JsonInput.Read(text, limit, root => ReadList(root, ReadSigned));

    private static byte[] Bounded(ReadOnlySpan<byte> text, int limit) => text.Length > limit ? [] : text.ToArray();

    private static void Write(JsonText json, TransportEntry entry) => json.BeginObject()
        .Name("t_id").Text(entry.Id.ToString())
        .Name("edges").BeginArray().Text(entry.Edge0.ToString()).Text(entry.Edge1.ToString()).EndArray()
        .Name("type").Text(entry.Type)
        .Name("label").Text(entry.Label)
        .EndObject();

    private static void Write(JsonText json, SignedTransportEntry entry)
    {
        json.BeginObject().Name("entry");
        Write(json, entry.Entry);
        json.Name("signatures").BeginArray().Text(entry.Signature0.ToString()).Text(entry.Signature1.ToString()).EndArray().EndObject();
    }

    private static TransportEntry? Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryText("t_id"u8, out var idText) || !TransportId.TryParse(idText, out var id)
            || !element.TryMember("edges"u8, out var edges) || JsonInput.Texts(edges, 2) is not { Count: 2 } keys
            || !PubKey.TryParseHex(keys[0], out var edge0) || !PubKey.TryParseHex(keys[1], out var edge1)
            || !element.TryText("type"u8, out var type) || !IsName(type)
            || !element.TryText("label"u8, out var label, absent: TransportLabels.User) || label.Length > MaxNameLength)
        {
            return null;
        }

        return new TransportEntry(id, edge0, edge1, Known(type), label.Length == 0 ? TransportLabels.User : label);
    }

    private static SignedTransportEntry? ReadSigned(JsonElement element)
    {
        if (!element.TryMember("entry"u8, out var inner) || Read(inner) is not { } entry)
        {
            return null;
        }

        Signature first = default, second = default;
        if (element.TryMember("signatures"u8, out var list)
            && (JsonInput.Texts(list, 2) is not { Count: 2 } texts || !TryReadSignature(texts[0], out first) || !TryReadSignature(texts[1], out second)))
        {
            return null;
        }

        return new SignedTransportEntry(entry, first, second);
    }

    private static bool TryReadSignature(string text, out Signature signature)
    {
        signature = default;
        return text.Length == 0 || Signature.TryParseHex(text, out signature);
    }

    private static List<T>? ReadList<T>(JsonElement root, Func<JsonElement, T?> read)
        where T : class
    {
        if (root.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (root.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var list = new List<T>(root.GetArrayLength());
        foreach (var element in root.EnumerateArray())
        {
            if (read(element) is not { } item)
            {
                return null;
            }

            list.Add(item);
        }

        return list;
    }

    // The type is hashed into the ID as ASCII; other letters would make two names one.
    private static bool IsName(string type) => type.Length is > 0 and <= MaxNameLength && System.Text.Ascii.IsValid(type);

    private static string Known(string type) => type switch
    {
        TransportTypes.Dmsg => TransportTypes.Dmsg,
        TransportTypes.Stcp => TransportTypes.Stcp,
        TransportTypes.Stcpr => TransportTypes.Stcpr,
        _ => type,
    };
}
