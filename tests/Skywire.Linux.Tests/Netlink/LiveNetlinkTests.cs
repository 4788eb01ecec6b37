// This machine's kernel: the layout above is checked against what it really says.
using System.Runtime.InteropServices;
using Skywire.Linux.Netlink;
using Skywire.Testing;

namespace Skywire.Linux.Tests.Netlink;

public sealed partial class LiveNetlinkTests : TestBase
{
    private const int NewNetwork = 0x40000000;

    [Fact]
    public void All_ThisMachine_HasTheLoopback()
    {
        using var connection = Open(NetlinkSocket.Route);
        var links = new NetworkLinks(connection);
        var loopback = Assert.Single(links.All(), link => link.Name == "lo");
        Assert.Equal("00:00:00:00:00:00", loopback.MacAddress);
        Assert.Equal(loopback, links.Find(loopback.Index));
        Assert.Null(links.Find(int.MaxValue));
    }

    [Fact]
    public void SetUp_NoSuchInterface_IsRefused()
    {
        using var connection = Open(NetlinkSocket.Route);
        // Without rights: not permitted; with them: no such device.
        Assert.Contains(Assert.Throws<NetlinkException>(() => new NetworkLinks(connection).SetUp(int.MaxValue, true)).ErrorCode, new[] { 1, 19 });
    }

    [Fact]
    public void Find_Families_GivesTheControllerAndNoOther()
    {
        using var connection = Open(NetlinkSocket.Generic);
        var controller = GenericNetlink.Find(connection, GenericNetlink.ControllerName);
        Assert.Equal(GenericNetlink.Controller, controller?.Id);
        Assert.Contains(GenericNetlink.ControllerGroup, controller!.Groups.Keys);
        Assert.Null(GenericNetlink.Find(connection, "no-such-family"));
    }

    [Fact]
    public void Request_UnknownCommand_HasTheKernelsNumber()
    {
        using var connection = Open(NetlinkSocket.Generic);
        Assert.Equal(95, Assert.Throws<NetlinkException>(() => connection.Request(GenericNetlink.Request(GenericNetlink.Controller, 200, 2))).ErrorCode);
    }

    [Fact]
    public void Receive_NothingComes_EndsInTime()
    {
        using var socket = NetlinkSocket.Open(NetlinkSocket.Route, TimeProvider.System);
        Assert.Equal(NetlinkArrival.Nothing, socket.Receive(new byte[64], TimeSpan.FromMilliseconds(1), out _));
    }

    [Fact]
    public void Receive_BufferTooSmall_IsLost()
    {
        using var socket = NetlinkSocket.Open(NetlinkSocket.Route, TimeProvider.System);
        socket.Send(new NetlinkWriter(18).Raw(new byte[16]).ToMessage(NetlinkFlags.Request | NetlinkFlags.Dump, 1));
        Assert.Equal(NetlinkArrival.Lost, socket.Receive(new byte[64], TimeSpan.FromSeconds(30), out _));
    }

    [Fact]
    public void Events_Dispose_EndsTheThreadAtOnce()
    {
        var start = TimeProvider.System.GetTimestamp();
        new NetlinkEvents(NetlinkSocket.Open(NetlinkSocket.Route, TimeProvider.System), "test", _ => { }, () => { }).Dispose();
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(4), "the thread waited out its patience");
    }

    // In a network namespace of its own, which only root can make: nothing of this machine is switched.
    [Fact]
    public async Task SetUp_LoopbackOfANewNamespace_IsTold()
    {
        var told = new TaskCompletionSource<NetworkLink>(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource<(NetworkLink? Before, NetworkLink? After)?>(TaskCreationOptions.RunContinuationsAsynchronously);
        NetlinkEvents? events = null;
        // The namespace is the thread's and ends with it and its sockets.
        var thread = new Thread(() =>
        {
            try
            {
                if (Unshare(NewNetwork) < 0)
                {
                    done.SetResult(null);
                    return;
                }

                events = new NetlinkEvents(
                    NetlinkSocket.Open(NetlinkSocket.Route, TimeProvider.System),
                    "test",
                    message =>
                    {
                        if (message.Type == NetworkLinks.NewLink && NetworkLinks.TryRead(message.Payload, out var link) && link.IsUp)
                        {
                            told.TrySetResult(link);
                        }
                    },
                    () => { });
                events.Join(NetworkLinks.Group);
                using var connection = Open(NetlinkSocket.Route);
                var links = new NetworkLinks(connection);
                var before = links.All().Single(link => link.Name == "lo");
                links.SetUp(before.Index, true);
                done.SetResult((before, links.Find(before.Index)));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        thread.Start();
        var result = await done.Task.WaitAsync(Deadline);
        thread.Join();
        Assert.SkipWhen(result is null, "no network namespace can be made without root");
        using (events)
        {
            Assert.Equal((false, true), (result!.Value.Before!.IsUp, result.Value.After!.IsUp));
            Assert.Equal(result.Value.After.Name, (await told.Task.WaitAsync(Deadline)).Name);
        }
    }

    private static NetlinkConnection Open(int protocol) => new(NetlinkSocket.Open(protocol, TimeProvider.System));

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);
}
