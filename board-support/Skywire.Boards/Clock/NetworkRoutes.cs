// Whether there is a way out of the local network (/proc/net/route and ipv6_route).
namespace Skywire.Boards.Clock;

/// <summary>Reads routing tables.</summary>
public static class NetworkRoutes
{
    private const int Ipv4Destination = 1;
    private const string LoopbackInterface = "lo";

    /// <summary>True when either table holds a default route that is no dead end.</summary>
    public static bool HasDefault(string folder = "/proc/net")
        => Lines(folder, "route").Skip(1).Any(f => f.Length > 7 && f[Ipv4Destination] == "00000000" && f[7] == "00000000")
            || Lines(folder, "ipv6_route").Any(f => f.Length > 9 && f[0].All(c => c == '0') && f[1] == "00" && f[9] != LoopbackInterface);

    private static IEnumerable<string[]> Lines(string folder, string name)
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file) ? File.ReadLines(file).Select(l => l.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)) : [];
    }
}
