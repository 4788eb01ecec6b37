using Skywire.Linux.Netlink;

namespace Skywire.Linux.Tests.Netlink;

public sealed class NetworkLinksTests
{
    private static readonly NetworkLink Wlan0 = new(3, "wlan0", true, true, "02:42:73:aa:bb:01", "veth");

    [Fact]
    public void TryRead_Link_GivesItsFacts()
    {
        Assert.True(NetworkLinks.TryRead(Payload(), out var link));
        Assert.Equal(Wlan0, link);
    }

    [Fact]
    public void TryRead_CutAnywhere_GivesWhatIsWhole()
    {
        var payload = Payload();
        for (var length = 0; length < payload.Length; length++)
        {
            // The name ends at 26; without it there is no link.
            Assert.Equal(length >= 26, NetworkLinks.TryRead(payload.AsSpan(0, length), out var link));
            Assert.Equal(length >= 38 ? Wlan0.MacAddress : "", link.MacAddress);
            Assert.Equal("", link.Kind);
        }
    }

    private static byte[] Payload()
    {
        var reader = new NetlinkReader(NetlinkVectors.LinkDump);
        Assert.True(reader.TryRead(out var message));
        return message.Payload.ToArray();
    }
}
