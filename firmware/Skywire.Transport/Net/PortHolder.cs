// Who holds a TCP port, for the operator who reads "port is taken". Best effort: another user's processes cannot be seen.
using System.Globalization;

namespace Skywire.Transport.Net;

internal static class PortHolder
{
    private const string ListenState = "0A";

    /// <summary>" by NAME (process N)" when /proc tells; else empty. Never throws.</summary>
    internal static string Describe(int port)
    {
        try
        {
            foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
            {
                if (!File.Exists(table))
                {
                    continue;
                }

                foreach (var line in File.ReadLines(table).Skip(1))
                {
                    if (TryParseListener(line, port, out var inode) && FindProcess(inode) is { } holder)
                    {
                        return $" by {holder}";
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The text is a courtesy; the refusal itself is reported by the caller.
        }

        return "";
    }

    /// <summary>One line of /proc/net/tcp: "sl local rem st ... inode"; true for a listener on the port.</summary>
    internal static bool TryParseListener(string line, int port, out string inode)
    {
        inode = "";
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 10 || fields[3] != ListenState)
        {
            return false;
        }

        var colon = fields[1].LastIndexOf(':');
        if (colon < 0 || !int.TryParse(fields[1].AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var local) || local != port)
        {
            return false;
        }

        inode = fields[9];
        return true;
    }

    private static string? FindProcess(string inode)
    {
        var wanted = $"socket:[{inode}]";
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            var id = Path.GetFileName(process);
            if (!int.TryParse(id, out _))
            {
                continue;
            }

            try
            {
                foreach (var descriptor in Directory.EnumerateFiles(Path.Combine(process, "fd")))
                {
                    if (new FileInfo(descriptor).LinkTarget == wanted)
                    {
                        return $"{File.ReadAllText(Path.Combine(process, "comm")).Trim()} (process {id})";
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A process of another user, or one that just ended: it cannot be told, the next one may.
            }
        }

        return null;
    }
}
