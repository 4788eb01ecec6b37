// One board under QEMU and the fleet it belongs to, written to a file so that every command sees the same boards.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skywire.Workbench.Emulation;

/// <summary>One emulated board. Everything a second board must not share with it follows from <see cref="Index"/>.</summary>
internal sealed record EmulatedBoard(int Index, string Machine, string Folder, int SshPort, int PagePort, int MemoryMb, string Wire)
{
    /// <summary>Port of this machine's loopback that the board reaches as <see cref="QemuArguments.FeedAddress"/>, and nothing else of this machine; null for none.</summary>
    public int? FeedPort { get; init; }

    /// <summary>Processors; null for one, because fleets share few.</summary>
    public int? Processors { get; init; }

    /// <summary>a, b, c ...</summary>
    [JsonIgnore]
    public string Name => ((char)('a' + Index)).ToString();

    /// <summary>The SD card: a sparse copy of the image.</summary>
    [JsonIgnore]
    public string Card => Path.Combine(Folder, "card.img");

    /// <summary>Everything the serial console said, all starts one after the other.</summary>
    [JsonIgnore]
    public string Console => Path.Combine(Folder, "console.log");

    /// <summary>The serial console as a unix socket: <c>socat - UNIX-CONNECT:FILE</c>.</summary>
    [JsonIgnore]
    public string ConsoleSocket => Path.Combine(SocketFolder, "console.sock");

    /// <summary>QEMU's control socket.</summary>
    [JsonIgnore]
    public string Control => Path.Combine(SocketFolder, "qmp.sock");

    /// <summary>The open ssh connection that commands share.</summary>
    [JsonIgnore]
    public string SshSocket => Path.Combine(SocketFolder, "ssh.sock");

    /// <summary>Device tree handed to the boot loader.</summary>
    [JsonIgnore]
    public string DeviceTree => Path.Combine(Folder, "board.dtb");

    /// <summary>QEMU's process ID.</summary>
    [JsonIgnore]
    public string PidFile => Path.Combine(Folder, "qemu.pid");

    /// <summary>What QEMU itself complained about.</summary>
    [JsonIgnore]
    public string QemuLog => Path.Combine(Folder, "qemu.log");

    /// <summary>What firmware of a real board reads from a fuse: an identity that outlives reboots.</summary>
    [JsonIgnore]
    public string Serial => string.Create(CultureInfo.InvariantCulture, $"5ca1ab1e{Index + 1:x8}");

    /// <summary>Where sockets lie: the kernel takes 107 bytes of path, and ssh adds some, so a long folder is replaced by a short one.</summary>
    [JsonIgnore]
    public string SocketFolder => Folder.Length <= 70 ? Folder : Path.Combine(Path.GetTempPath(), "skyminer-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Folder)).AsSpan(0, 8)));

    /// <summary>MAC address of the n-th interface; the prefix is QEMU's own.</summary>
    public string Mac(int n) => string.Create(CultureInfo.InvariantCulture, $"52:54:00:5c:{Index + 1:x2}:{n:x2}");
}

/// <summary>Boards on one wire.</summary>
internal sealed record FleetPlan
{
    /// <summary>The boards.</summary>
    public required IReadOnlyList<EmulatedBoard> Boards { get; init; }

    /// <summary>Boot loader handed to QEMU.</summary>
    public required string Loader { get; init; }

    /// <summary>Folder of device trees that came with the image; null where the machine makes its own.</summary>
    public string? DeviceTrees { get; init; }

    /// <summary>Folder of the fleet: boards, the key that opens them.</summary>
    public required string Folder { get; init; }

    /// <summary>Private ssh key of this fleet; its public half is what a check writes into skyminer.conf.</summary>
    [JsonIgnore]
    public string SshKey => Path.Combine(Folder, "ssh_key");

    /// <summary>Folder of the fleet a person starts; checks have theirs beside it.</summary>
    [JsonIgnore]
    public static string UsualFolder => Path.Combine(Checkout.State, "boards");

    private static string FileIn(string folder) => Path.Combine(folder, "plan.json");

    /// <summary>Plans boards. Ports count up from the two first ones; boards of one wire share a multicast port of the loopback.</summary>
    public static FleetPlan Create(string folder, BoardImage image, string machine, int count, int memoryMb, int sshPort, int pagePort) => new()
    {
        Folder = folder,
        Loader = image.Loader,
        DeviceTrees = image.DeviceTrees,
        Boards = [.. Enumerable.Range(0, count).Select(i => new EmulatedBoard(i, machine, Path.Combine(folder, ((char)('a' + i)).ToString()), sshPort + i, pagePort + i, memoryMb, WireOf(sshPort)))],
    };

    /// <summary>A board by its name, any case; an unknown one names those there are.</summary>
    public EmulatedBoard Board(string name) => Boards.FirstOrDefault(b => string.Equals(b.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new WorkbenchException($"no board named {name}", "boards: " + string.Join(", ", Boards.Select(b => b.Name)));

    /// <summary>Writes the plan.</summary>
    public void Save()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(FileIn(Folder), JsonSerializer.Serialize(this, FleetJson.Default.FleetPlan));
    }

    /// <summary>The plan of a fleet; null when there is none.</summary>
    public static FleetPlan? Load(string folder) => File.Exists(FileIn(folder)) ? JsonSerializer.Deserialize(File.ReadAllText(FileIn(folder)), FleetJson.Default.FleetPlan) : null;

    /// <summary>The plan of the person's fleet, or an error that says how to start one.</summary>
    public static FleetPlan Require() => Load(UsualFolder) ?? throw new WorkbenchException("no emulated boards were started from this checkout", "start one: tools/skyminer boot qemu-virt --detach");

    // Fleets side by side must not hear each other: the wire's port follows from the first ssh port, which they cannot share either.
    private static string WireOf(int sshPort) => string.Create(CultureInfo.InvariantCulture, $"230.92.202.27:{10_000 + (sshPort % 50_000)}");
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FleetPlan))]
internal sealed partial class FleetJson : JsonSerializerContext;
