using Skywire.Linux.Netlink;
using Skywire.Testing;

namespace Skywire.Linux.Tests.Netlink;

public sealed class NetlinkResultTests
{
    public static TheoryData<byte[], int, string> Ends => new()
    {
        { NetlinkVectors.Refusal, -19, "No such device" },
        { NetlinkVectors.WholeRefusal, -22, "bad" },
        { NetlinkVectors.Number, 5, "" },
        { HexText.Bytes("14000000 0300 0200 07000000 00000000 f0ffffff"), -16, "" },
        { HexText.Bytes("10000000 0300 0200 07000000 00000000"), 0, "" },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void TryRead_End_GivesNumberAndWords(byte[] datagram, int code, string text)
    {
        var reader = new NetlinkReader(datagram);
        Assert.True(reader.TryRead(out var message));
        Assert.True(NetlinkResult.TryRead(message, out var result));
        Assert.Equal(new NetlinkResult(code, text), result);
    }

    [Fact]
    public void TryRead_ErrorWithoutNumber_IsNone()
    {
        var reader = new NetlinkReader(HexText.Bytes("12000000 0200 0000 07000000 00000000 0000"));
        Assert.True(reader.TryRead(out var message));
        Assert.False(NetlinkResult.TryRead(message, out _));
    }

    [Fact]
    public void TryRead_OtherMessage_IsNone()
    {
        var reader = new NetlinkReader(NetlinkVectors.LinkDump);
        Assert.True(reader.TryRead(out var message));
        Assert.False(NetlinkResult.TryRead(message, out _));
    }

    // A request repeated that claims to be longer than what there is leaves the words out, not more.
    [Theory]
    [InlineData("ffffffff")]
    [InlineData("0f000000")]
    [InlineData("00000000")]
    public void TryRead_RepeatedRequestThatLies_HasNoWords(string length)
    {
        var bytes = NetlinkVectors.WholeRefusal.ToArray();
        HexText.Bytes(length).CopyTo(bytes, 20);
        var reader = new NetlinkReader(bytes);
        Assert.True(reader.TryRead(out var message));
        Assert.True(NetlinkResult.TryRead(message, out var result));
        Assert.Equal(new NetlinkResult(-22, ""), result);
    }

    [Fact]
    public void Exception_SaysTheKernelsWords()
    {
        var e = new NetlinkException(19, "No such wiphy");
        Assert.Equal((19, "No such wiphy"), (e.ErrorCode, e.Text));
        Assert.EndsWith(": No such wiphy", e.Message, StringComparison.Ordinal);
    }
}
