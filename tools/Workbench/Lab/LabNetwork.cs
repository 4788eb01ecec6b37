// Namespaces with veth links on one bridge: each board a host of its own on one wire.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Skywire.Workbench.Lab;

/// <summary>Makes and removes the lab's network. Root only; without root the boards share the loopback.</summary>
internal static class LabNetwork
{
    // Labs of several checkouts or state folders stand side by side on one machine: each has names and a subnet of its own.
    private static readonly byte Instance = SHA256.HashData(Encoding.UTF8.GetBytes(Checkout.State))[0];

    /// <summary>First three octets of the lab's wire.</summary>
    public static string Prefix { get; } = string.Create(CultureInfo.InvariantCulture, $"10.77.{Instance}");

    /// <summary>The services' address: this machine's end of the wire.</summary>
    public static string ServicesAddress { get; } = Prefix + ".1";

    /// <summary>Name stem of the namespaces.</summary>
    public static string Namespace { get; } = string.Create(CultureInfo.InvariantCulture, $"sky{Instance:x2}");

    private static string Bridge => Namespace + "br";

    /// <summary>True when namespaces may be made here: tried, not guessed.</summary>
    public static async Task<bool> IsPossibleAsync(CancellationToken cancellationToken)
    {
        if (Environment.UserName != "root" || !Shell.Has("ip"))
        {
            return false;
        }

        var probe = Namespace + "-probe";
        var made = await Shell.RunAsync("ip", ["netns", "add", probe], cancellationToken);
        await Shell.RunAsync("ip", ["netns", "del", probe], cancellationToken);
        return made.Ok;
    }

    /// <summary>Makes the bridge and a namespace with an address per board.</summary>
    public static async Task UpAsync(LabPlan plan, CancellationToken cancellationToken)
    {
        await DownAsync(plan, cancellationToken);
        await Ip(cancellationToken, "link", "add", Bridge, "type", "bridge");
        await Ip(cancellationToken, "addr", "add", $"{ServicesAddress}/24", "dev", Bridge);
        await Ip(cancellationToken, "link", "set", Bridge, "up");
        foreach (var board in plan.Boards)
        {
            var ns = board.Namespace!;
            var outer = Namespace + board.Name.ToLowerInvariant();
            await Ip(cancellationToken, "netns", "add", ns);
            await Ip(cancellationToken, "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", ns);
            await Ip(cancellationToken, "link", "set", outer, "master", Bridge, "up");
            await Ip(cancellationToken, "-n", ns, "addr", "add", $"{board.Address}/24", "dev", "eth0");
            await Ip(cancellationToken, "-n", ns, "link", "set", "eth0", "up");
            await Ip(cancellationToken, "-n", ns, "link", "set", "lo", "up");
        }
    }

    /// <summary>Removes everything; what is not there is no error.</summary>
    public static async Task DownAsync(LabPlan plan, CancellationToken cancellationToken)
    {
        foreach (var board in plan.Boards)
        {
            if (board.Namespace is { } ns)
            {
                await Shell.RunAsync("ip", ["netns", "del", ns], cancellationToken);
            }
        }

        if (plan.Namespaces)
        {
            await Shell.RunAsync("ip", ["link", "del", Bridge], cancellationToken);
        }
    }

    /// <summary>
    /// Drops every packet between two boards without a word, both ways, or heals that: the neighbour entry is nailed to an address nobody has, so that
    /// frames leave and reach no one. Nothing is refused, as on a network that swallows packets.
    /// </summary>
    public static async Task SetSilentDropAsync(BoardPlan one, BoardPlan other, bool drop, CancellationToken cancellationToken)
    {
        foreach (var (from, to) in new[] { (one, other), (other, one) })
        {
            if (drop)
            {
                await Ip(cancellationToken, "-n", from.Namespace!, "neigh", "replace", to.Address, "lladdr", "02:00:00:00:00:99", "dev", "eth0", "nud", "permanent");
            }
            else
            {
                await Shell.RunAsync("ip", ["-n", from.Namespace!, "neigh", "del", to.Address, "dev", "eth0"], cancellationToken);
            }
        }
    }

    private static Task<string> Ip(CancellationToken cancellationToken, params string[] arguments) => Shell.RequireAsync("ip", arguments, cancellationToken, "a lab left over from before is removed by: tools/skyminer down");
}
