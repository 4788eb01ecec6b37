// Says who has a port, so that "address in use" is an answer and not a riddle. Reads /proc; sees foreign processes only as root.
using System.Globalization;

namespace Skywire.Visor.Hosting;

internal static class PortHolder
{
    private const string Listening = "0A";

    /// <summary>True when a TCP socket listens on the port.</summary>
    public static bool IsListening(int port) => Sockets(port).Count > 0;

    /// <summary>Name and id of the process that listens on the port, or what is known.</summary>
    public static string Describe(int port)
    {
        var sockets = Sockets(port);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                continue;
            }

            try
            {
                if (new DirectoryInfo(Path.Combine(folder, "fd")).EnumerateFileSystemInfos().Any(f => f.LinkTarget is { } target && sockets.Contains(target)))
                {
                    return $"process {id} ({File.ReadAllText(Path.Combine(folder, "comm")).Trim()})";
                }
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                // Another user's process, or one that has just ended: not for us to see.
            }
        }

        return "another user's process (\"ss -ltnp\" as root names it)";
    }

    private static HashSet<string> Sockets(int port)
    {
        var found = new HashSet<string>();
        foreach (var table in new[] { "/proc/net/tcp", "/proc/net/tcp6" })
        {
            if (!File.Exists(table))
            {
                continue;
            }

            foreach (var line in File.ReadLines(table).Skip(1))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 9 && fields[3] == Listening && int.Parse(fields[1].AsSpan(fields[1].LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) == port)
                {
                    found.Add($"socket:[{fields[9]}]");
                }
            }
        }

        return found;
    }
}
