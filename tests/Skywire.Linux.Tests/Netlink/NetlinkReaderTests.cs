using Skywire.Linux.Netlink;
using Skywire.Testing;

namespace Skywire.Linux.Tests.Netlink;

public sealed class NetlinkReaderTests
{
    public static TheoryData<byte[]> Vectors => [NetlinkVectors.LinkDump, NetlinkVectors.Refusal, NetlinkVectors.WholeRefusal, NetlinkVectors.Number, NetlinkVectors.Family];

    [Fact]
    public void TryRead_TwoMessages_GivesBothAndTheEnd()
    {
        var reader = new NetlinkReader(NetlinkVectors.LinkDump);
        Assert.True(reader.TryRead(out var first));
        Assert.Equal((NetworkLinks.NewLink, NetlinkFlags.Multi, 7u, 64), (first.Type, first.Flags, first.Sequence, first.Payload.Length));
        Assert.True(reader.TryRead(out var second));
        Assert.Equal((NetlinkMessage.Done, 4), (second.Type, second.Payload.Length));
        Assert.False(reader.TryRead(out _));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void TryRead_CutAnywhere_GivesNoMoreThanThereIs(byte[] datagram)
    {
        var whole = Count(datagram);
        for (var length = 0; length < datagram.Length; length++)
        {
            // Every vector's last message reaches to its end.
            Assert.InRange(Count(datagram.AsSpan(0, length)), 0, whole - 1);
        }
    }

    [Theory]
    [InlineData("00000000 0300 0000 00000000 00000000")]
    [InlineData("0f000000 0300 0000 00000000 00000000")]
    [InlineData("11000000 0300 0000 00000000 00000000")]
    [InlineData("ffffffff 0300 0000 00000000 00000000")]
    public void TryRead_LengthThatLies_IsTheEnd(string hex) => Assert.Equal(0, Count(HexText.Bytes(hex)));

    [Theory]
    [InlineData("0300 0100")]
    [InlineData("0000 0100")]
    [InlineData("0900 0100 01020304")]
    [InlineData("ffff 0100 01020304")]
    [InlineData("0400")]
    public void Attributes_LengthThatLies_IsTheEnd(string hex)
    {
        var attributes = new NetlinkAttributes(HexText.Bytes(hex));
        Assert.False(attributes.TryRead(out _));
        Assert.False(attributes.TryRead(out _));
    }

    [Fact]
    public void Attributes_LastWithoutPadding_IsRead()
    {
        var attributes = new NetlinkAttributes(HexText.Bytes("0500 01c0 07"));
        Assert.True(attributes.TryRead(out var attribute));
        Assert.Equal(1, attribute.Type);
        Assert.Equal([7], attribute.Value.ToArray());
        Assert.False(attributes.TryRead(out _));
    }

    [Fact]
    public void Attribute_ValuesTooShort_AreRefused()
    {
        var attribute = new NetlinkAttribute(1, [1]);
        Assert.True(attribute.TryUInt8(out var one));
        Assert.Equal(1, one);
        Assert.False(attribute.TryUInt16(out _));
        Assert.False(attribute.TryUInt32(out _));
        Assert.False(attribute.TryInt32(out _));
        Assert.False(attribute.TryUInt64(out _));
        Assert.False(attribute.TryHardwareAddress(out _));
        Assert.False(attribute.TryText(out _));
        Assert.False(new NetlinkAttribute(1, []).TryUInt8(out _));
    }

    [Theory]
    [InlineData("77 6c 00 ff", "wl")]
    [InlineData("77 6c", "wl")]
    [InlineData("00", "")]
    [InlineData("77 1b 6c", "")]
    [InlineData("c3 a4", "")]
    public void Attribute_Text_IsPrintableAsciiUpToItsZero(string hex, string text)
    {
        Assert.Equal(text.Length > 0, new NetlinkAttribute(1, HexText.Bytes(hex)).TryText(out var read));
        Assert.Equal(text, read);
    }

    [Theory]
    [InlineData("02:42:73:aa:bb:01", true)]
    [InlineData("02:42:73:AA:BB:01", true)]
    [InlineData("02-42-73-aa-bb-01", false)]
    [InlineData("02:42:73:aa:bb", false)]
    [InlineData("0g:42:73:aa:bb:01", false)]
    [InlineData("", false)]
    public void HardwareAddress_TryParse_TakesWhatTextMakes(string text, bool isAddress)
    {
        var bytes = new byte[HardwareAddress.Size];
        Assert.Equal(isAddress, HardwareAddress.TryParse(text, bytes));
        if (isAddress)
        {
            Assert.Equal(text.ToLowerInvariant(), HardwareAddress.Text(bytes));
        }
    }

    private static int Count(ReadOnlySpan<byte> datagram)
    {
        var reader = new NetlinkReader(datagram);
        var count = 0;
        while (reader.TryRead(out _))
        {
            count++;
        }

        return count;
    }
}
