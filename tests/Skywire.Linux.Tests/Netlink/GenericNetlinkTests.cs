using Skywire.Linux.Netlink;

namespace Skywire.Linux.Tests.Netlink;

public sealed class GenericNetlinkTests
{
    [Fact]
    public void TryReadFamily_Answer_GivesNumberAndGroups()
    {
        Assert.True(GenericNetlink.TryReadFamily(Payload(NetlinkVectors.Family), out var family, out var name));
        Assert.Equal(("nl80211", 28, 1), (name, family.Id, family.Version));
        Assert.Equal(new Dictionary<string, uint> { ["config"] = 5, ["sc"] = 6 }, family.Groups);
    }

    [Fact]
    public void TryReadFamily_CutAnywhere_NeverThrows()
    {
        var payload = Payload(NetlinkVectors.Family);
        for (var length = 0; length < payload.Length; length++)
        {
            // Name and number are the first two attributes.
            Assert.Equal(length >= 22, GenericNetlink.TryReadFamily(payload.AsSpan(0, length), out var family, out _));
            Assert.True(family.Groups.Count <= 1);
        }
    }

    [Fact]
    public void TryRead_WithoutHeader_IsNone() => Assert.False(GenericNetlink.TryRead([1, 2, 3], out _, out _));

    private static byte[] Payload(byte[] datagram)
    {
        var reader = new NetlinkReader(datagram);
        Assert.True(reader.TryRead(out var message));
        return message.Payload.ToArray();
    }
}
