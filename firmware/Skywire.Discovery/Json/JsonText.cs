// Writes the exact JSON the reference writes: compact, members in the order given. Signatures cover these bytes, so no general serializer is in the way.
using System.Buffers;
using System.Globalization;
using System.Text;

namespace Skywire.Discovery.Json;

/// <summary>A compact JSON writer whose escaping is that of the reference (spec 03 §10). Commas come by themselves; nesting is the caller's business.</summary>
/// <param name="escapeHtml">True escapes &lt;, &gt; and &amp; as the reference does outside of signed entries.</param>
internal sealed class JsonText(bool escapeHtml = false)
{
    private readonly ArrayBufferWriter<byte> _out = new(512);
    private bool _comma;

    /// <summary>What was written so far.</summary>
    public ReadOnlyMemory<byte> Written => _out.WrittenMemory;

    /// <summary>What was written so far, in a new array.</summary>
    public byte[] ToArray() => _out.WrittenSpan.ToArray();

    public JsonText BeginObject() => Begin((byte)'{');

    public JsonText EndObject() => End((byte)'}');

    public JsonText BeginArray() => Begin((byte)'[');

    public JsonText EndArray() => End((byte)']');

    public JsonText Name(string name)
    {
        Separate();
        Quote(name);
        Byte((byte)':');
        _comma = false;
        return this;
    }

    public JsonText Text(string value)
    {
        Separate();
        Quote(value);
        return this;
    }

    public JsonText Number(long value) => Raw(value.ToString(CultureInfo.InvariantCulture));

    public JsonText Number(ulong value) => Raw(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Shortest form that reads back as the same number, as the reference prints floats.</summary>
    public JsonText Number(double value) => Raw(value.ToString("R", CultureInfo.InvariantCulture));

    public JsonText Flag(bool value) => Raw(value ? "true" : "false");

    public JsonText Null() => Raw("null");

    /// <summary>A value that is JSON already.</summary>
    public JsonText Raw(ReadOnlySpan<byte> json)
    {
        Separate();
        _out.Write(json);
        return this;
    }

    /// <summary>The line end that bodies of most services carry.</summary>
    public JsonText Newline()
    {
        Byte((byte)'\n');
        return this;
    }

    private JsonText Raw(string ascii)
    {
        Separate();
        Encoding.ASCII.GetBytes(ascii, _out);
        return this;
    }

    private JsonText Begin(byte open)
    {
        Separate();
        Byte(open);
        _comma = false;
        return this;
    }

    private JsonText End(byte close)
    {
        Byte(close);
        _comma = true;
        return this;
    }

    private void Separate()
    {
        if (_comma)
        {
            Byte((byte)',');
        }

        _comma = true;
    }

    private void Byte(byte value)
    {
        _out.GetSpan(1)[0] = value;
        _out.Advance(1);
    }

    private void Quote(string text)
    {
        Byte((byte)'"');
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var escape = Escape(rune.Value);
            if (escape is not null)
            {
                Encoding.ASCII.GetBytes(escape, _out);
            }
            else
            {
                _out.Write(utf8[..rune.EncodeToUtf8(utf8)]);
            }
        }

        Byte((byte)'"');
    }

    private string? Escape(int rune) => rune switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\b' => "\\b",
        '\f' => "\\f",
        < 0x20 or 0x2028 or 0x2029 => Hex(rune),
        '<' or '>' or '&' when escapeHtml => Hex(rune),
        _ => null,
    };

    private static string Hex(int rune) => "\\u" + rune.ToString("x4", CultureInfo.InvariantCulture);
}
