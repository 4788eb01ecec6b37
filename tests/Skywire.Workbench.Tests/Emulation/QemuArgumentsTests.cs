using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Tests.Emulation;

public sealed class QemuArgumentsTests
{
    private static readonly FleetPlan Fleet = FleetPlan.Create("/state/boards", new BoardImage("/i.img", "/u-boot.bin", null), QemuMachine.Virt, 3, 512, 2201, 8101);

    [Fact]
    public void For_BoardsOfOneFleet_ShareTheWireAndNothingElse()
    {
        var all = Fleet.Boards.Select(b => QemuArguments.For(b, Fleet.Loader)).ToList();
        Assert.Single(all.Select(a => a.Single(x => x.Contains("mcast=", StringComparison.Ordinal))).Distinct());
        foreach (var unique in new[] { "hostfwd=", "mac=52:54", "file=/", "unix:", "id=console,path=" })
        {
            var values = all.SelectMany(a => a.Where(x => x.Contains(unique, StringComparison.Ordinal))).ToList();
            Assert.NotEmpty(values);
            Assert.Equal(values.Count, values.Distinct().Count());
        }
    }

    [Fact]
    public void For_Virt_NamesWhatTheImageNeeds()
    {
        var arguments = string.Join(' ', QemuArguments.For(Fleet.Boards[1], Fleet.Loader));
        Assert.Contains("-M virt,acpi=off -cpu cortex-a53 -smp 1 -m 512", arguments, StringComparison.Ordinal);
        Assert.Contains("-bios /u-boot.bin -dtb /state/boards/b/board.dtb", arguments, StringComparison.Ordinal);
        Assert.Contains("hostfwd=tcp:127.0.0.1:2202-:22,hostfwd=tcp:127.0.0.1:8102-:8000", arguments, StringComparison.Ordinal);
        Assert.Contains("i6300esb", arguments, StringComparison.Ordinal);
    }

    [Fact]
    public void For_FeedPort_LeadsThereAndNowhereElse()
    {
        var network = Assert.Single(QemuArguments.For(Fleet.Boards[1] with { FeedPort = 8080 }, "/u"), a => a.StartsWith("user,", StringComparison.Ordinal));
        Assert.Contains("restrict=on", network, StringComparison.Ordinal);
        Assert.EndsWith(",guestfwd=tcp:10.92.2.100:80-cmd:socat - TCP:127.0.0.1:8080", network, StringComparison.Ordinal);
        Assert.DoesNotContain("guestfwd", string.Join(' ', QemuArguments.For(Fleet.Boards[1], "/u")), StringComparison.Ordinal);
    }

    [Fact]
    public void DumpDeviceTree_HasTheSizeOfTheRun() => Assert.Contains("-m 512", string.Join(' ', QemuArguments.DumpDeviceTree(Fleet.Boards[0], "/x.dtb")), StringComparison.Ordinal);

    [Fact]
    public void For_Raspi3b_HasTheConsoleOnTheSecondSerialLine()
    {
        var board = Fleet.Boards[0] with { Machine = QemuMachine.Raspi3b };
        var arguments = QemuArguments.For(board, "/u-boot-rpi.bin");
        Assert.Equal(["null", "chardev:console"], arguments.Index().Where(a => a.Index > 0 && arguments[a.Index - 1] == "-serial").Select(a => a.Item));
        Assert.Contains("-kernel /u-boot-rpi.bin", string.Join(' ', arguments), StringComparison.Ordinal);
    }

    [Fact]
    public void For_FolderWithComma_IsEscaped()
    {
        var board = Fleet.Boards[0] with { Folder = "/a,b" };
        Assert.Contains(QemuArguments.For(board, "/u"), a => a.Contains("file=/a,,b/card.img", StringComparison.Ordinal));
    }

    [Fact]
    public void SocketFolder_LongFolder_LeavesRoomForASocketsName()
    {
        var board = Fleet.Boards[0] with { Folder = "/" + new string('x', 200) };
        Assert.InRange(board.Control.Length, 1, 90);
        Assert.NotEqual(board.Control, (board with { Folder = "/" + new string('y', 200) }).Control);
    }
}
