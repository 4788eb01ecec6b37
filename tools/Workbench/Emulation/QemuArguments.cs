// The command line of QEMU for a board. Pure: a plan in, arguments out.
using System.Globalization;

namespace Skywire.Workbench.Emulation;

/// <summary>Machines an image boots on here, with what QEMU has to be told about them.</summary>
internal static class QemuMachine
{
    /// <summary>QEMU's virtual ARM board: disk, two networks, watchdog, LEDs and a button on a simulated GPIO chip.</summary>
    public const string Virt = "qemu-virt";

    /// <summary>QEMU's Raspberry Pi 3 B: SD card and a serial line; QEMU gives it no network that Linux finds.</summary>
    public const string Raspi3b = "qemu-raspi3b";

    /// <summary>The emulator.</summary>
    public const string Program = "qemu-system-aarch64";
}

/// <summary>Makes the arguments.</summary>
internal static class QemuArguments
{
    /// <summary>Interface towards this machine: outside world, ssh and page. The kernel names it by its PCI slot.</summary>
    public const string UplinkInterface = "enp0s1";

    /// <summary>Interface on the wire that boards share.</summary>
    public const string WireInterface = "enp0s2";

    /// <summary>Name of the wire's network in QEMU: what <c>set_link</c> pulls out.</summary>
    public const string WireId = "wire";

    /// <summary>Name of the other network in QEMU.</summary>
    public const string UplinkId = "uplink";

    /// <summary>Where a board finds the server behind <see cref="EmulatedBoard.FeedPort"/>: an address of its uplink that only that one port answers on.</summary>
    public static string FeedAddress(EmulatedBoard board) => string.Create(CultureInfo.InvariantCulture, $"10.92.{board.Index + 1}.100");

    /// <summary>All arguments to start <paramref name="board"/>.</summary>
    public static IReadOnlyList<string> For(EmulatedBoard board, string loader) => board.Machine switch
    {
        QemuMachine.Virt => [.. Virt(board, loader), .. Common(board)],
        QemuMachine.Raspi3b => [.. Raspi3b(board, loader), .. Common(board)],
        _ => throw new ArgumentException($"no such machine: {board.Machine}", nameof(board)),
    };

    /// <summary>Arguments that make QEMU write its own device tree and end. Memory and processors must be those of the run.</summary>
    public static IReadOnlyList<string> DumpDeviceTree(EmulatedBoard board, string file) => ["-M", $"{VirtMachine},dumpdtb={file}", .. VirtSize(board), "-display", "none"];

    // What the guest flushes stays in this machine's memory until its own time comes: it survives the emulator, which is all that is ever killed here, and a busy disk does not stop the board.
    private const string CardCache = "cache=unsafe";

    // With a boot loader given QEMU turns ACPI on, and Linux would then see none of the device tree's LEDs.
    private const string VirtMachine = "virt,acpi=off";

    // cortex-a53 is the boards' own core and by far the fastest to emulate.
    private static string[] VirtSize(EmulatedBoard board) => ["-cpu", "cortex-a53", "-smp", (board.Processors ?? 1).ToString(CultureInfo.InvariantCulture), "-m", board.MemoryMb.ToString(CultureInfo.InvariantCulture)];

    private static IEnumerable<string> Virt(EmulatedBoard board, string loader) =>
    [
        "-M", VirtMachine, .. VirtSize(board),
        "-bios", loader,
        "-dtb", board.DeviceTree,
        "-drive", $"if=none,id=card,file={Escape(board.Card)},format=raw,{CardCache}",
        "-device", "virtio-blk-device,drive=card",
        // A network of its own number for each board: with the usual one all boards would have the same address. Restricted: what a board dials there must not end in this machine's networks.
        "-netdev", string.Create(CultureInfo.InvariantCulture, $"user,id={UplinkId},restrict=on,net=10.92.{board.Index + 1}.0/24,hostfwd=tcp:127.0.0.1:{board.SshPort}-:22,hostfwd=tcp:127.0.0.1:{board.PagePort}-:8000{Feed(board)}"),
        "-device", $"virtio-net-pci,addr=1,netdev={UplinkId},mac={board.Mac(1)},romfile=",
        "-netdev", $"socket,id={WireId},mcast={board.Wire},localaddr=127.0.0.1",
        "-device", $"virtio-net-pci,addr=2,netdev={WireId},mac={board.Mac(2)},romfile=",
        "-device", "i6300esb,addr=3",
        "-action", "watchdog=reset",
        "-device", "virtio-rng-pci,addr=4",
        "-serial", "chardev:console",
    ];

    private static IEnumerable<string> Raspi3b(EmulatedBoard board, string loader) =>
    [
        "-M", "raspi3b",
        "-kernel", loader,
        "-dtb", board.DeviceTree,
        "-drive", $"if=sd,file={Escape(board.Card)},format=raw,{CardCache}",
        // The first serial line is wired to the Bluetooth chip; the console is the second.
        "-serial", "null",
        "-serial", "chardev:console",
    ];

    private static IEnumerable<string> Common(EmulatedBoard board) =>
    [
        "-name", $"skyminer-{board.Name}",
        "-display", "none",
        "-monitor", "none",
        "-nodefaults",
        "-chardev", $"socket,id=console,path={Escape(board.ConsoleSocket)},server=on,wait=off,logfile={Escape(board.Console)},logappend=on",
        "-qmp", $"unix:{Escape(board.Control)},server=on,wait=off",
        "-pidfile", board.PidFile,
    ];

    // A relay for each connection; QEMU's own forwarding would lead all of them into one.
    private static string Feed(EmulatedBoard board) => board.FeedPort is { } port
        ? string.Create(CultureInfo.InvariantCulture, $",guestfwd=tcp:{FeedAddress(board)}:80-cmd:socat - TCP:127.0.0.1:{port}")
        : "";

    // A comma ends a value in QEMU's option lists; two stand for one.
    private static string Escape(string path) => path.Replace(",", ",,", StringComparison.Ordinal);
}
