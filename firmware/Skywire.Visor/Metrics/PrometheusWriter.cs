// Prometheus text exposition format 0.0.4, the few rules of it that are needed.
using System.Globalization;
using System.Text;

namespace Skywire.Visor.Metrics;

/// <summary>Writes families of samples. Every family is declared once, before its samples.</summary>
internal sealed class PrometheusWriter
{
    private readonly StringBuilder _text = new();
    private string _family = "";

    /// <summary>Begins a family: <c># HELP</c> and <c># TYPE</c> (counter or gauge).</summary>
    public void Family(string name, string type, string help)
    {
        _family = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(Escape(help, quotes: false)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    /// <summary>One sample of the family begun last; labels come in pairs name, value.</summary>
    public void Sample(double value, params ReadOnlySpan<string> labels)
    {
        _text.Append(_family);
        if (!labels.IsEmpty)
        {
            _text.Append('{');
            for (var i = 0; i < labels.Length; i += 2)
            {
                _text.Append(i == 0 ? "" : ",").Append(labels[i]).Append("=\"").Append(Escape(labels[i + 1], quotes: true)).Append('"');
            }

            _text.Append('}');
        }

        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>A family of one sample.</summary>
    public void Single(string name, string type, string help, double value, params ReadOnlySpan<string> labels)
    {
        Family(name, type, help);
        Sample(value, labels);
    }

    /// <summary>The text.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }
}
