// The page on serial console and HDMI: who the board is, where it is reached, how it stands, and its local page as a QR code. Pure.
using Skywire.Boards.Leds;
using Skywire.Boards.Running;

namespace Skywire.Boards.Screen;

/// <summary>Renders the console page.</summary>
public static class ConsolePage
{
    /// <summary>Columns of the narrowest terminal: a serial one.</summary>
    public const int Width = 80;

    private const int Gap = 2;

    /// <summary>Lines of the page. Nothing in them moves a cursor but the colours of the QR code.</summary>
    public static IReadOnlyList<string> Lines(ConsoleFacts facts, bool withColours)
    {
        var address = facts.Addresses.FirstOrDefault(a => !a.Contains(':', StringComparison.Ordinal));
        // While a board waits for its first settings, the way into its setup network is what a phone needs.
        var link = facts.Setup?.Qr ?? (address is null ? null : Link(address, facts));
        var code = link is null ? [] : QrText.Lines(link, withColours);
        var codeWidth = link is null ? 0 : QrText.Modules(link) is [var row, ..] ? row.Length : 0;
        var text = Text(facts, address, code.Count > 0 ? Width - codeWidth - Gap : Width);
        var lines = new List<string> { "" };
        for (var i = 0; i < Math.Max(code.Count, text.Count); i++)
        {
            var left = code.Count == 0 ? "" : (i < code.Count ? code[i] : new string(' ', codeWidth)) + new string(' ', Gap);
            lines.Add((left + (i < text.Count ? text[i] : "")).TrimEnd(' '));
        }

        lines.Add("");
        return lines;
    }

    /// <summary>The page as getty's issue file: backslashes are its escape character.</summary>
    public static string Issue(ConsoleFacts facts) => string.Join('\n', Lines(facts, withColours: true)).Replace("\\", "\\\\", StringComparison.Ordinal) + "\n";

    /// <summary>Address of the local page; a password made on the board travels in the fragment, which browsers never send.</summary>
    public static string Link(string address, ConsoleFacts facts)
        => $"http://{address}:{facts.PagePort}/" + (facts.PagePassword.Length > 0 ? "#password=" + Uri.EscapeDataString(facts.PagePassword) : "");

    private static List<string> Text(ConsoleFacts facts, string? address, int width)
    {
        var lines = new List<string> { facts.Name, facts.Title, "" };
        if (facts.Setup is { } setup)
        {
            Add("set up", "this board with a phone: scan the code, or");
            Add("wifi", setup.Name);
            Add("code", setup.Code);
            Add("page", setup.Address);
            lines.Add("");
        }

        Add("state", $"{facts.State.Word()}: {facts.Reason}");
        if (facts.Box.Length > 0)
        {
            Add("mesh", facts.Box);
        }

        if (facts.Setup is null && facts.Air.Length > 0)
        {
            Add("air", facts.Air);
        }

        if (facts.Setup is null)
        {
            Add("address", facts.Addresses.Count > 0 ? string.Join(' ', facts.Addresses) : "none yet: is the cable in?");
        }

        if (address is not null && facts.Setup is null)
        {
            Add("page", $"http://{address}:{facts.PagePort}/");
            if (facts.PagePassword.Length > 0)
            {
                Add("password", facts.PagePassword);
            }
        }

        if (facts.PublicKey.Length > 0)
        {
            Add("key", facts.PublicKey);
        }

        Add("image", facts.Release);
        foreach (var mistake in facts.Mistakes.Take(4))
        {
            Add("!", mistake);
        }

        if (facts.Mistakes.Count > 4)
        {
            Add("!", $"{facts.Mistakes.Count - 4} more: see skyminer-errors.txt on the card");
        }

        return lines;

        void Add(string label, string value)
        {
            const int Label = 9;
            var first = true;
            foreach (var part in Wrap(Clean(value), width - Label))
            {
                lines.Add((first ? label : "").PadRight(Label) + part);
                first = false;
            }
        }
    }

    // Breaks at blanks where there are any; a key is cut hard.
    private static IEnumerable<string> Wrap(string text, int width)
    {
        while (text.Length > width)
        {
            var cut = text.LastIndexOf(' ', width);
            yield return text[..(cut > 0 ? cut : width)];
            text = text[(cut > 0 ? cut + 1 : width)..];
        }

        yield return text;
    }

    // Names and reasons come from the network too.
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
