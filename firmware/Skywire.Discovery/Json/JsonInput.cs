// Reads JSON that others wrote: bounded, and a malformed text is a result, never an exception.
using System.Text;
using System.Text.Json;
using Skywire.Crypto;

namespace Skywire.Discovery.Json;

/// <summary>Bounded reading of untrusted JSON. Missing and null members count as absent, as in the reference's decoder.</summary>
internal static class JsonInput
{
    /// <summary>No body of the protocol nests deeper than five levels.</summary>
    private const int MaxDepth = 16;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>
    /// Runs <paramref name="read"/> over the document; null when the text is longer than <paramref name="limit"/> bytes, malformed, holds text that is no
    /// Unicode, or when <paramref name="read"/> gives null.
    /// </summary>
    public static T? Read<T>(ReadOnlyMemory<byte> json, int limit, Func<JsonElement, T?> read)
        where T : class
    {
        if (json.Length > limit)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: invalid UTF-8 or lone surrogates inside a string, found only when it is unescaped.
            return null;
        }
    }

    /// <summary>A member that is there and not null.</summary>
    public static bool TryMember(this JsonElement element, ReadOnlySpan<byte> name, out JsonElement value)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null)
        {
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>An optional string: absent gives <paramref name="absent"/>; false when it is of another kind.</summary>
    public static bool TryText(this JsonElement element, ReadOnlySpan<byte> name, out string text, string absent = "")
    {
        text = absent;
        if (!element.TryMember(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        text = value.GetString()!;
        return true;
    }

    /// <summary>An optional key by the lenient rule of spec 01 §1.</summary>
    public static bool TryKey(this JsonElement element, ReadOnlySpan<byte> name, out PubKey key)
    {
        key = default;
        return element.TryText(name, out var text) && PubKey.TryParseLenient(text, out key);
    }

    /// <summary>An array of strings of at most <paramref name="most"/> elements; null when it is anything else.</summary>
    public static List<string>? Texts(JsonElement element, int most)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() > most)
        {
            return null;
        }

        var texts = new List<string>(element.GetArrayLength());
        foreach (var item in element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            texts.Add(item.GetString()!);
        }

        return texts;
    }

    /// <summary>The words of a service's refusal: <c>{"message":..}</c>, <c>{"error":{"message":..}}</c>, <c>{"error":".."}</c>, or the body as it is (spec 05 §3).</summary>
    public static string ErrorText(ReadOnlyMemory<byte> body)
    {
        const int limit = 64 * 1024;
        const int shown = 200;
        var words = Read(body, limit, root =>
        {
            if (root.TryText("message"u8, out var message) && message.Length > 0)
            {
                return message;
            }

            if (root.TryText("error"u8, out var error) && error.Length > 0)
            {
                return error;
            }

            return root.TryMember("error"u8, out var inner) && inner.TryText("message"u8, out var nested) && nested.Length > 0 ? nested : null;
        });
        if (words is not null)
        {
            return words;
        }

        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, shown)]).Trim();
        return text.Length == 0 ? "no reason given" : text;
    }
}
