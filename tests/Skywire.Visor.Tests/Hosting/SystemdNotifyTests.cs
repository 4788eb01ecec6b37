using System.Net.Sockets;
using System.Text;
using Skywire.Visor.Hosting;

namespace Skywire.Visor.Tests.Hosting;

public sealed class SystemdNotifyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Send_EachMessage_ArrivesAsOneDatagram(bool isAbstract)
    {
        var path = isAbstract ? "@skywire-test-" + Path.GetFileName(_folder.Path) : _folder.File("notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + path[1..] : path));
        using var notify = new SystemdNotify(path);
        notify.Ready("joined\nSTOPPING=1");
        Assert.Equal("READY=1\nSTATUS=joined STOPPING=1", Receive());
        notify.Status("linked");
        Assert.Equal("STATUS=linked", Receive());
        notify.Watchdog();
        Assert.Equal("WATCHDOG=1", Receive());
        notify.Stopping("bye");
        Assert.Equal("STOPPING=1\nSTATUS=bye", Receive());

        string Receive()
        {
            var buffer = new byte[500];
            return Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("/nowhere/notify")]
    public void Send_NoManager_IsSilent(string? path)
    {
        using var notify = new SystemdNotify(path);
        notify.Watchdog();
        notify.Ready("x");
    }

    [Theory]
    [InlineData("30000000", null, 15.0)]
    [InlineData("30000000", "77", 15.0)]
    [InlineData("30000000", "78", null)]
    [InlineData("0", null, null)]
    [InlineData("x", null, null)]
    [InlineData(null, null, null)]
    public void WatchdogInterval_Environment_IsHalfTheLimit(string? microseconds, string? forProcess, double? seconds)
        => Assert.Equal(seconds, SystemdNotify.WatchdogInterval(microseconds, forProcess, 77)?.TotalSeconds);
}
