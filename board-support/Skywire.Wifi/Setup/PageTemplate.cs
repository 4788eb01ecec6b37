// Fills the setup page's templates: {{name}} takes text, escaped; {{{name}}} takes HTML made here of escaped text. Pure.
using System.Text;

namespace Skywire.Wifi.Setup;

internal static class PageTemplate
{
    /// <summary>Fills all places. An unknown name is a mistake of this program.</summary>
    public static string Fill(string template, IReadOnlyDictionary<string, string> values)
    {
        var page = new StringBuilder(template.Length * 2);
        var at = 0;
        while (template.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open)
        {
            page.Append(template, at, open - at);
            var isHtml = template[open + 2] == '{';
            var (start, mark) = isHtml ? (open + 3, "}}}") : (open + 2, "}}");
            var close = template.IndexOf(mark, start, StringComparison.Ordinal);
            var value = values[template[start..close]];
            page.Append(isHtml ? value : Escape(value));
            at = close + mark.Length;
        }

        return page.Append(template, at, template.Length - at).ToString();
    }

    /// <summary>Text for element content and for attributes in either kind of quotes.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            escaped.Append(c switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                _ when char.IsControl(c) => "\uFFFD",
                _ => c.ToString(),
            });
        }

        return escaped.ToString();
    }
}
