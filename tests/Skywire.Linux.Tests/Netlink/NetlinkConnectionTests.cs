using Skywire.Linux.Netlink;
using Skywire.Testing;

namespace Skywire.Linux.Tests.Netlink;

public sealed class NetlinkConnectionTests
{
    private static readonly byte[] One = HexText.Bytes("11000000 1000 0200 00000000 00000000 01 000000");
    private static readonly byte[] Interrupted = HexText.Bytes("11000000 1000 1200 00000000 00000000 02 000000");
    private static readonly byte[] Stale = HexText.Bytes("11000000 1000 0200 ffffffff 00000000 03 000000");
    private static readonly byte[] Done = HexText.Bytes("14000000 0300 0200 00000000 00000000 00000000");
    private static readonly byte[] Refused = HexText.Bytes("14000000 0200 0000 00000000 00000000 ffffffff");
    private static readonly byte[] Acknowledged = HexText.Bytes("14000000 0200 0000 00000000 00000000 00000000");

    [Fact]
    public void Dump_ManyDatagrams_GivesAllMessagesInOrder()
    {
        var socket = new ScriptedSocket([[Stale, [.. One, .. One], One, Done]]);
        Assert.Equal(3, Dump(socket).Count);
        Assert.Equal((ushort)(NetlinkFlags.Request | NetlinkFlags.Dump), BitConverter.ToUInt16(Assert.Single(socket.Sent), 6));
    }

    [Fact]
    public void Dump_InterruptedOrLost_IsRepeated()
    {
        var socket = new ScriptedSocket([[One, Interrupted, Done], [One, ScriptedSocket.Lost], [One, Done]]);
        Assert.Equal([1], Assert.Single(Dump(socket)));
        Assert.Equal([1u, 2u, 3u], socket.Sent.Select(request => BitConverter.ToUInt32(request, 8)));
    }

    [Fact]
    public void Dump_InterruptedAlways_GivesTheLastOne()
    {
        var socket = new ScriptedSocket(Enumerable.Repeat<IReadOnlyList<byte[]>>([Interrupted, Done], 5).ToList());
        Assert.Equal([2], Assert.Single(Dump(socket)));
        Assert.Equal(5, socket.Sent.Count);
    }

    [Fact]
    public void Dump_LostAlways_Throws()
    {
        using var connection = new NetlinkConnection(new ScriptedSocket(Enumerable.Repeat<IReadOnlyList<byte[]>>([ScriptedSocket.Lost], 5).ToList()));
        Assert.Equal(110, Assert.Throws<NetlinkException>(() => connection.Dump(new NetlinkWriter(18))).ErrorCode);
    }

    [Fact]
    public void Request_Refused_Throws()
    {
        using var connection = new NetlinkConnection(new ScriptedSocket([[Refused], [One, Acknowledged]]));
        Assert.Equal(1, Assert.Throws<NetlinkException>(() => connection.Request(new NetlinkWriter(18))).ErrorCode);
        Assert.Equal([1], Assert.Single(connection.Request(new NetlinkWriter(18)).Messages));
    }

    [Fact]
    public void Request_SuccessWithANumber_GivesIt()
    {
        using var connection = new NetlinkConnection(new ScriptedSocket([[NetlinkVectors.Number]]));
        Assert.Equal(5, connection.Request(new NetlinkWriter(18)).Result);
    }

    [Fact]
    public void Request_NoAnswer_Throws()
    {
        using var connection = new NetlinkConnection(new ScriptedSocket([[Stale]]));
        Assert.Equal(110, Assert.Throws<NetlinkException>(() => connection.Request(new NetlinkWriter(18))).ErrorCode);
    }

    private static IReadOnlyList<byte[]> Dump(ScriptedSocket socket)
    {
        using var connection = new NetlinkConnection(socket);
        return connection.Dump(new NetlinkWriter(18));
    }
}
