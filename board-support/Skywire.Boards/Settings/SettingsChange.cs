// Changes single keys in the text of a settings file and leaves everything else as its owner wrote it. Pure; nothing is written that the reader does not take.
using System.Text;
using Skywire.Visor.Config;

namespace Skywire.Boards.Settings;

/// <summary>One change.</summary>
/// <param name="Key">A key of the settings.</param>
/// <param name="Value">Its value, every character of it; "" takes the setting back.</param>
public sealed record SettingOrder(string Key, string Value);

/// <summary>What a change gives.</summary>
/// <param name="Text">The new content of the file, UTF-8; null when there are mistakes.</param>
/// <param name="Mistakes">What is wrong with the orders. Never holds a secret.</param>
public sealed record SettingsChangeResult(byte[]? Text, IReadOnlyList<SettingsMistake> Mistakes);

/// <summary>Changes settings.</summary>
public static class SettingsChange
{
    /// <summary>Most bytes of orders.</summary>
    public const int MaxSize = SettingsText.MaxSize;

    private const int MaxOrders = 200;

    /// <summary>Keys whose values must not be seen in a list of processes or a shell's history.</summary>
    public static IReadOnlyList<string> SecretKeys { get; } = [.. SettingKeys.All.Where(k => k.IsSecret).Select(k => k.Name)];

    /// <summary>Reads orders, KEY=VALUE a line: the key without case, the value with every blank. Empty lines and those that begin with # are skipped.</summary>
    public static (IReadOnlyList<SettingOrder> Orders, IReadOnlyList<SettingsMistake> Mistakes) ReadOrders(ReadOnlySpan<byte> content)
    {
        var (lines, fault) = SettingsText.Decode(content);
        if (fault is not null)
        {
            return ([], [new SettingsMistake(0, "", fault, "write KEY=VALUE, a line each")]);
        }

        var orders = new List<SettingOrder>();
        var mistakes = new List<SettingsMistake>();
        for (var i = 0; i < lines.Length && mistakes.Count < MaxOrders; i++)
        {
            if (lines[i].AsSpan().Trim() is not ([] or ['#', ..]))
            {
                ReadOrder(lines[i], i + 1, orders, mistakes);
            }
        }

        return orders.Count > MaxOrders ? ([], [new SettingsMistake(0, "", $"{orders.Count} orders are more than {MaxOrders}", "")]) : (orders, mistakes);
    }

    /// <summary>Reads one order, "KEY=VALUE"; its mistakes name line <paramref name="line"/>.</summary>
    public static void ReadOrder(string text, int line, ICollection<SettingOrder> orders, ICollection<SettingsMistake> mistakes)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = equals > 0 ? text[..equals].Trim().ToLowerInvariant() : "";
        if (name.Length == 0)
        {
            // It may be a secret whose key was lost: it is not repeated.
            mistakes.Add(new SettingsMistake(line, "", "this is not KEY=VALUE", ""));
        }
        else if (SettingKeys.Find(name) is null)
        {
            var near = NearestName.Find(name, SettingKeys.All.Select(k => k.Name));
            mistakes.Add(new SettingsMistake(line, "", $"unknown key \"{SettingsReader.Shown(name)}\"", near is null ? "\"skywire board settings sample\" shows all keys" : $"did you mean \"{near}\"?"));
        }
        else
        {
            orders.Add(new SettingOrder(name, text[(equals + 1)..]));
        }
    }

    /// <summary>
    /// Carries out orders on the content of a settings file. A key that is ordered gets exactly the values of its orders (several for one that may be repeated); its other lines go. Mistakes that
    /// were in the file before stay and hinder nothing; a change that would make a new one is refused as a whole.
    /// </summary>
    public static SettingsChangeResult Apply(ReadOnlySpan<byte> content, IReadOnlyList<SettingOrder> orders)
    {
        var (decoded, fault) = SettingsText.Decode(content);
        if (fault is not null)
        {
            return new SettingsChangeResult(null, [new SettingsMistake(0, "", $"{SettingsSample.FileName}: {fault}", "\"skywire board settings forget\" puts the sample in its place")]);
        }

        var mistakes = orders.Select(Fault).OfType<SettingsMistake>().ToList();
        if (mistakes.Count > 0)
        {
            return new SettingsChangeResult(null, mistakes);
        }

        var lines = decoded.ToList();
        foreach (var group in orders.GroupBy(o => o.Key, StringComparer.Ordinal))
        {
            Change(lines, SettingKeys.Find(group.Key)!, [.. group.Select(o => o.Value).Where(v => v.Length > 0)]);
        }

        var text = Encoding.UTF8.GetBytes(string.Join(HasWindowsLineEnds(content) ? "\r\n" : "\n", lines));
        var before = SettingsReader.Read(content).Mistakes.Select(m => (m.Key, m.Cause)).ToHashSet();
        var after = SettingsReader.Read(text).Mistakes.Where(m => !before.Contains((m.Key, m.Cause))).ToList();
        return after.Count > 0 ? new SettingsChangeResult(null, after) : new SettingsChangeResult(text, []);
    }

    // In UTF-8 and both UTF-16.
    private static bool HasWindowsLineEnds(ReadOnlySpan<byte> content) => content.IndexOf("\r\n"u8) >= 0 || content.IndexOf("\r\0\n\0"u8) >= 0 || content.IndexOf("\0\r\0\n"u8) >= 0;

    private static SettingsMistake? Fault(SettingOrder order)
    {
        if (SettingKeys.Find(order.Key) is not { } key)
        {
            return new SettingsMistake(0, "", $"unknown key \"{SettingsReader.Shown(order.Key)}\"", "");
        }

        // What ends a line for one of the editors that files come from would become a line of its own.
        var cause = order.Value.Length == 0 ? null
            : order.Value.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029') || !IsText(order.Value) ? "holds a control character"
            : key.Rule(order.Value);
        return cause is null ? null : new SettingsMistake(0, key.Name, SettingsReader.Shown(cause), $"expected {key.Expected}, for example: {key.Example}");
    }

    // A lone half of a character would be written as another one.
    private static bool IsText(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsHighSurrogate(value[i]) ? ++i == value.Length || !char.IsLowSurrogate(value[i]) : char.IsLowSurrogate(value[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static void Change(List<string> lines, SettingKey key, IReadOnlyList<string> values)
    {
        var at = -1;
        for (var i = 0; i < lines.Count; i++)
        {
            if (NameOn(lines[i]) != key.Name)
            {
                continue;
            }

            if (at < 0)
            {
                // The first line of the key is where it stands from now on; a value that goes leaves the sample's line behind, never a secret in a comment.
                at = i;
                lines[i] = Commented(key);
            }
            else
            {
                lines.RemoveAt(i--);
            }
        }

        if (values.Count == 0)
        {
            return;
        }

        // Where the sample shows it, as a person would do; else at the end.
        at = at >= 0 ? at : lines.FindIndex(l => IsCommented(l, key));
        if (at < 0)
        {
            at = lines.Count > 0 && lines[^1].Length == 0 ? lines.Count - 1 : lines.Count;
            lines.InsertRange(at, at == lines.Count ? [.. values.Select(v => Line(key, v)), ""] : values.Select(v => Line(key, v)));
            return;
        }

        lines.RemoveAt(at);
        lines.InsertRange(at, values.Select(v => Line(key, v)));
    }

    private static string Line(SettingKey key, string value)
    {
        // What the reader would trim or take for quotes is quoted.
        var isQuoted = value != value.Trim() || (value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0]);
        return $"{key.Name} = {(isQuoted ? $"\"{value}\"" : value)}";
    }

    private static string Commented(SettingKey key) => $"# {key.Name} = {key.Example}";

    private static bool IsCommented(string line, SettingKey key) => line.AsSpan().Trim() is ['#', .. var rest] && NameOn(rest) == key.Name;

    // The key of a line as the reader finds it; "" for none.
    private static string NameOn(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        var equals = line.IndexOf('=');
        return line is [] or ['#' or ';', ..] || equals <= 0 ? "" : line[..equals].Trim().ToString().ToLowerInvariant();
    }
}
