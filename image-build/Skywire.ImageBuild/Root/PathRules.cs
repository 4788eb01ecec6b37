// trim.txt and modules.txt: lines of + and - with path patterns, the last match wins.
using System.Text;
using System.Text.RegularExpressions;

namespace Skywire.ImageBuild.Root;

/// <summary>Decides by path whether a file is kept. <c>*</c> matches any characters, slashes included; <c>?</c> one.</summary>
internal sealed class PathRules
{
    private readonly List<(bool Keep, Regex Pattern)> _rules = [];

    /// <summary>Reads rules; a line that begins with neither sign is an error with its number.</summary>
    public static PathRules Parse(string file, IEnumerable<string> lines)
    {
        var rules = new PathRules();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var text = line.Split('#')[0].Trim();
            if (text.Length == 0)
            {
                continue;
            }

            if (text.Length < 3 || text[0] is not ('+' or '-') || text[1] != ' ')
            {
                throw new ImageException($"{file}:{number}: '{text}' is neither '+ PATTERN' nor '- PATTERN'", "the top of the file says how it is written");
            }

            rules._rules.Add((text[0] == '+', new Regex(ToRegex(text[2..].Trim()), RegexOptions.CultureInvariant | RegexOptions.Singleline)));
        }

        return rules;
    }

    /// <summary>True when the last matching rule keeps <paramref name="path"/>, or none matches. The path has no leading slash.</summary>
    public bool Keeps(string path)
    {
        for (var i = _rules.Count - 1; i >= 0; i--)
        {
            if (_rules[i].Pattern.IsMatch(path))
            {
                return _rules[i].Keep;
            }
        }

        return true;
    }

    private static string ToRegex(string glob)
    {
        var pattern = new StringBuilder("^");
        foreach (var c in glob)
        {
            pattern.Append(c switch { '*' => ".*", '?' => ".", _ => Regex.Escape(c.ToString()) });
        }

        return pattern.Append('$').ToString();
    }
}
