// Records the levels of the simulated GPIO lines inside a board, with nothing added to the image: a bash loop, handed in by ssh. Pure: texts only.
using System.Globalization;
using System.Text;

namespace Skywire.Workbench.Emulation;

/// <summary>Makes the recorder and reads what it wrote.</summary>
internal static class LedRecorder
{
    // Pulling the shortest flash, 70 ms, in half; reading costs a thousandth of a second.
    private const string Rest = "0.03";

    /// <summary>A bash loop that writes "seconds-since-boot level level ..." whenever a level of the first <paramref name="lines"/> lines changes, for <paramref name="seconds"/>.</summary>
    public static string Script(int lines, int seconds)
    {
        var numbers = Enumerable.Range(0, lines).ToList();
        var text = new StringBuilder("exec {p}<> <(:); f(){ set -- /sys/devices/platform/gpio-sim/gpiochip*; [ -e $1/sim_gpio0/value ] && d=$1; }; until f; do read -t 0.1 -u $p; done; ");
        text.Append("read e _ </proc/uptime; e=${e%.*}; while :; do read u _ </proc/uptime; ");
        foreach (var n in numbers)
        {
            text.Append(CultureInfo.InvariantCulture, $"read v{n} <$d/sim_gpio{n}/value; ");
        }

        var levels = string.Join(' ', numbers.Select(n => string.Create(CultureInfo.InvariantCulture, $"$v{n}")));
        text.Append(CultureInfo.InvariantCulture, $"[ \"{levels}\" = \"$o\" ] || {{ o=\"{levels}\"; echo $u $o; }}; ");
        return text.Append(CultureInfo.InvariantCulture, $"[ $((${{u%.*}} - e)) -ge {seconds} ] && break; read -t {Rest} -u $p; done; echo $u end").ToString();
    }

    /// <summary>What was written, one list of edges a line. Unreadable lines, such as a last one cut off, are left out. <paramref name="end"/> is the last time seen.</summary>
    public static IReadOnlyList<IReadOnlyList<LedEdge>> Parse(string output, int lines, out double end)
    {
        var edges = Enumerable.Range(0, lines).Select(_ => new List<LedEdge>()).ToList();
        end = 0;
        foreach (var row in output.Split('\n'))
        {
            var words = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !double.TryParse(words[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var at))
            {
                continue;
            }

            end = Math.Max(end, at);
            if (words.Length != lines + 1 || !words.Skip(1).All(w => w is "0" or "1"))
            {
                continue;
            }

            for (var n = 0; n < lines; n++)
            {
                var lit = words[n + 1] == "1";
                if (edges[n].Count == 0 || edges[n][^1].Lit != lit)
                {
                    edges[n].Add(new LedEdge(at, lit));
                }
            }
        }

        return edges;
    }
}
