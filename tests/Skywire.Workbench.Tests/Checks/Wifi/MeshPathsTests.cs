using Skywire.Wifi.Running;
using Skywire.Workbench.Checks.Wifi;

namespace Skywire.Workbench.Tests.Checks.Wifi;

public sealed class MeshPathsTests
{
    // Recorded from iw 6.9 on kernel 7.3 in an emulated board.
    private const string Recorded = """
        DEST ADDR         NEXT HOP          IFACE	SN	METRIC	QLEN	EXPTIME	DTIM	DRET	FLAGS	HOP_COUNT	PATH_CHANGE
        02:00:00:00:01:00 02:00:00:00:01:00 wlan0	0	6302	0	2992	0	0	0x11	1	1
        02:00:00:00:02:00 02:00:00:00:02:00 wlan0	0	5121	0	2992	0	0	0x10	1	1
        02:00:00:00:03:00 02:00:00:00:02:00 wlan0	1	15362	0	2992	0	0	0x15	2	1

        """;

    [Fact]
    public void Parse_Recorded_HasEveryPath() => Assert.Equal(
        [
            new PathReport("02:00:00:00:01:00", "02:00:00:00:01:00", 6302, 1, true),
            new PathReport("02:00:00:00:02:00", "02:00:00:00:02:00", 5121, 1, false),
            new PathReport("02:00:00:00:03:00", "02:00:00:00:02:00", 15362, 2, true),
        ],
        MeshPaths.Parse(Recorded));

    [Fact]
    public void Parse_ToolWithoutHopCounts_HasNone()
    {
        var text = string.Join('\n', Recorded.Split('\n').Select(l => string.Join('\t', l.Split('\t').SkipLast(2))));
        Assert.Equal([0, 0, 0], MeshPaths.Parse(text).Select(p => p.Hops));
    }

    [Theory]
    [InlineData("")]
    [InlineData("command failed: No such device (-19)")]
    [InlineData("DEST ADDR         NEXT HOP          IFACE	SN")]
    public void Parse_NoPaths_IsEmpty(string output) => Assert.Empty(MeshPaths.Parse(output));

    [Fact]
    public void Parse_CutAnywhere_DoesNotThrow()
    {
        for (var length = 0; length < Recorded.Length; length++)
        {
            Assert.InRange(MeshPaths.Parse(Recorded[..length]).Count, 0, 3);
        }
    }
}
