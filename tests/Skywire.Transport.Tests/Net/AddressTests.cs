// Addresses: what is public, where a peer is tried, who holds a port, which skywire port a dial names.
using System.Net;
using Skywire.Discovery;
using Skywire.Transport.Net;
using Skywire.Transport.Stcpr;
using Xunit;

namespace Skywire.Transport.Tests.Net;

public sealed class AddressTests
{
    [Theory]
    [InlineData("203.0.113.1", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.1.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:192.168.1.1", false)]
    [InlineData("::ffff:203.0.113.1", true)]
    public void IsPublic_Address_FollowsTheProtocolsRule(string address, bool isPublic) => Assert.Equal(isPublic, LocalAddresses.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void Read_OwnAddresses_LeavesOutLoopbackAndLinkLocal()
        => Assert.All(LocalAddresses.Read(), a => Assert.False(IPAddress.IsLoopback(IPAddress.Parse(a)) || a.StartsWith("169.254.", StringComparison.Ordinal)));

    [Fact]
    public void Candidates_LocalAnswer_TriesListedAddressesFirst()
        => Assert.Equal(
            ["192.168.1.5:7770", "[fd00::5]:7770", "203.0.113.9:7770"],
            Candidates.Of(new ResolvedAddress("203.0.113.9", true, "7770", ["192.168.1.5", "127.0.0.1", "fd00::5", "192.168.1.5", "junk"])));

    [Fact]
    public void Candidates_RemoteAnswer_TriesTheRemoteThenListedPublicOnes()
        => Assert.Equal(
            ["203.0.113.9:45000", "198.51.100.7:7770"],
            Candidates.Of(new ResolvedAddress("203.0.113.9:45000", false, "7770", ["192.168.1.5", "198.51.100.7", "10.0.0.1"])));

    [Theory]
    [InlineData("", "7770")]
    [InlineData("203.0.113.9", "")]
    [InlineData("203.0.113.9", "0")]
    [InlineData("203.0.113.9", "70000")]
    [InlineData("host.example", "7770")]
    public void Candidates_UnusableAnswer_AreNone(string remote, string port) => Assert.Empty(Candidates.Of(new ResolvedAddress(remote, false, port, [])));

    [Fact]
    public void Candidates_ManyAddresses_AreBounded()
        => Assert.Equal(Candidates.Most, Candidates.Of(new ResolvedAddress("203.0.113.9", true, "7770", [.. Enumerable.Range(1, 200).Select(i => $"192.168.1.{i}")])).Count);

    [Theory]
    [InlineData("   0: 0100007F:1E5A 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000000000000000 100 0 0 10 0", 7770, "4242")]
    [InlineData("   1: 00000000000000000000000000000000:1E5A 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17 1 0", 7770, "17")]
    [InlineData("   0: 0100007F:1E5A 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0", 7770, null)]
    [InlineData("   0: 0100007F:1E5B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0", 7770, null)]
    [InlineData("", 7770, null)]
    [InlineData("a b c 0A e f g h i j", 7770, null)]
    public void TryParseListener_LineOfTheKernel_GivesItsInode(string line, int port, string? inode)
    {
        Assert.Equal(inode is not null, PortHolder.TryParseListener(line, port, out var found));
        Assert.Equal(inode ?? "", found);
    }

    [Fact]
    public void Next_Port_CountsUpFromTheReferencesFirstAndStartsOver()
    {
        var ports = new EphemeralPorts();
        var first = Enumerable.Range(0, 65535 - 49153 + 1).Select(_ => ports.Next()).ToList();
        Assert.Equal(49153, first[0]);
        Assert.Equal(49154, first[1]);
        Assert.Equal(65535, first[^1]);
        Assert.Equal(49153, ports.Next());
    }
}
