using Skywire.Linux.Netlink;
using Skywire.Testing;

namespace Skywire.Linux.Tests.Netlink;

public sealed class NetlinkWriterTests
{
    [Fact]
    public void ToMessage_EveryKindOfAttribute_IsTheKernelsLayout()
    {
        var message = new NetlinkWriter(0x1C, NetlinkFlags.Capped).Raw([29, 1, 0, 0])
            .UInt32(3, 5)
            .Nested(35, config => config.UInt8(14, 4).UInt16(2, 0x0102).Flag(9))
            .Text(4, "wlan0")
            .UInt64(7, 1)
            .ToMessage(NetlinkFlags.Request | NetlinkFlags.Acknowledge, 6);
        Assert.Equal(
            HexText.Bytes("""
                4c000000 1c00 0501 06000000 00000000 # nlmsghdr
                1d 01 0000                           # genlmsghdr
                08000300 05000000
                1800 2380                            # nested, 20 bytes of content
                  0500 0e00 04 000000
                  0600 0200 0201 0000
                  0400 0900
                0a00 0400 776c616e3000 0000
                0c00 0700 0100000000000000
                """),
            message);
    }

    [Fact]
    public void ToMessage_MoreThanTheFirstBuffer_Grows()
    {
        var value = new byte[1000];
        value[999] = 7;
        var reader = new NetlinkReader(new NetlinkWriter(20).Bytes(1, value).UInt32(2, 9).ToMessage(NetlinkFlags.Request, 1));
        Assert.True(reader.TryRead(out var message));
        var attributes = new NetlinkAttributes(message.Payload);
        Assert.True(attributes.TryRead(out var first));
        Assert.Equal(value, first.Value.ToArray());
        Assert.True(attributes.TryFind(2, out var second) && second.TryUInt32(out var number) && number == 9);
    }

    [Fact]
    public void Bytes_LongerThanAnAttribute_Throws() => Assert.Throws<OverflowException>(() => new NetlinkWriter(20).Bytes(1, new byte[70000]));
}
