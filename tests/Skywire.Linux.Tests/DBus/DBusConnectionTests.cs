// Against a real message bus of our own: the daemon that boards run, started for the test and told to end with it.
using System.Diagnostics;
using System.Text;
using Skywire.Linux.DBus;
using Skywire.Testing;

namespace Skywire.Linux.Tests.DBus;

public sealed class DBusConnectionTests : TestBase
{
    private const string Service = "org.example.Peer";
    private readonly TempFolder _folder = new();
    private readonly Process? _daemon;
    private readonly string _address = "";

    public DBusConnectionTests()
    {
        if (!File.Exists("/usr/bin/dbus-daemon"))
        {
            return;
        }

        var configuration = _folder.Write("bus.conf", $"""
            <busconfig><type>session</type><listen>unix:path={_folder.File("bus")}</listen>
            <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/><deny own="org.example.Denied"/></policy></busconfig>
            """);
        _daemon = Process.Start(new ProcessStartInfo("/usr/bin/dbus-daemon", ["--config-file=" + configuration, "--nofork", "--print-address"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _address = _daemon.StandardOutput.ReadLine() ?? throw new InvalidOperationException(_daemon.StandardError.ReadToEnd());
    }

    [Fact]
    public async Task CallAsync_PeerOnTheSameBus_AnswersRefusesAndSignals()
    {
        Assert.SkipWhen(_daemon is null, "dbus-daemon is not installed");
        await using var service = await DBusConnection.OpenAsync(_address, Answer, Deadline);
        await service.TakeNameAsync(Service, Deadline);
        await using var client = await DBusConnection.OpenAsync(_address, null, Deadline);
        Assert.StartsWith(":1.", client.Name, StringComparison.Ordinal);

        var answer = await client.CallAsync(new DBusCall(Service, "/", "org.example", "Twice", "sa{sv}", "abc", DBusArray.NoOptions), Deadline);
        Assert.Equal(["abcabc"], answer);

        // Longer than one read of the receiving loop.
        var large = new string('x', 100_000);
        Assert.Equal([large + large], await client.CallAsync(new DBusCall(Service, "/", "org.example", "Twice", "sa{sv}", large, DBusArray.NoOptions), Deadline));

        var refusal = await Assert.ThrowsAsync<DBusException>(() => client.CallAsync(new DBusCall(Service, "/", "org.example", "Refuse", ""), Deadline));
        Assert.Equal(("org.example.Error", "not today"), (refusal.Name, refusal.Message));
        Assert.Equal("org.freedesktop.DBus.Error.UnknownMethod", (await Assert.ThrowsAsync<DBusException>(() => client.CallAsync(new DBusCall(Service, "/", "org.example", "Other", ""), Deadline))).Name);
        Assert.Equal(DBusException.ServiceUnknown, (await Assert.ThrowsAsync<DBusException>(() => client.CallAsync(new DBusCall("org.example.None", "/", "org.example", "X", ""), Deadline))).Name);

        var heard = new TaskCompletionSource<DBusMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.ListenAsync("type='signal',interface='org.example'", m =>
        {
            if (m.Member == "Happened")
            {
                heard.TrySetResult(m);
            }
        }, Deadline);
        await service.SignalAsync("/", "org.example", "Happened", "(isi)", new DBusStruct([50, "half", 1]));
        var signal = await heard.Task.WaitAsync(Deadline);
        Assert.Equal([50, "half", 1], ((DBusStruct)signal.Body[0]).Fields);
        Assert.Equal(service.Name, signal.Sender);
    }

    [Fact]
    public async Task CallAsync_BusGone_ThrowsAndStaysSo()
    {
        Assert.SkipWhen(_daemon is null, "dbus-daemon is not installed");
        await using var service = await DBusConnection.OpenAsync(_address, _ => new DBusMessage { Type = DBusMessageType.Signal, Path = "/", Interface = "a.b", Member = "C" }, Deadline);
        await service.TakeNameAsync(Service, Deadline);
        await using var client = await DBusConnection.OpenAsync(_address, null, Deadline);
        var open = client.CallAsync(new DBusCall(Service, "/", "org.example", "Never", ""), Deadline);
        _daemon!.Kill();
        await Assert.ThrowsAsync<IOException>(() => open);
        await Assert.ThrowsAsync<IOException>(() => client.CallAsync(new DBusCall(Service, "/", "org.example", "Never", ""), Deadline));
    }

    [Fact]
    public async Task TakeNameAsync_Taken_Throws()
    {
        Assert.SkipWhen(_daemon is null, "dbus-daemon is not installed");
        await using var first = await DBusConnection.OpenAsync(_address, null, Deadline);
        await using var second = await DBusConnection.OpenAsync(_address, null, Deadline);
        await first.TakeNameAsync(Service, Deadline);
        await Assert.ThrowsAsync<IOException>(() => second.TakeNameAsync(Service, Deadline));
        await Assert.ThrowsAsync<DBusException>(() => second.TakeNameAsync("org.example.Denied", Deadline));
    }

    [Theory]
    [InlineData("tcp:host=127.0.0.1,port=1")]
    [InlineData("unix:tmpdir=/tmp")]
    [InlineData("unix:path=")]
    [InlineData("")]
    public async Task OpenAsync_NoUsableAddress_Throws(string address) => await Assert.ThrowsAsync<IOException>(() => DBusConnection.OpenAsync(address, null, Deadline));

    [Fact]
    public async Task OpenAsync_NoBus_Throws() => await Assert.ThrowsAsync<IOException>(() => DBusConnection.OpenAsync("unix:path=" + _folder.File("none"), null, Deadline));

    [Fact]
    public void EndPointOf_Escaped_IsRead()
    {
        Assert.Equal("/tmp/a b", DBusConnection.EndPointOf("unix:path=/tmp/a%20b,guid=00;tcp:")!.ToString());
        Assert.Equal("@x", DBusConnection.EndPointOf("unix:abstract=x")!.ToString());
    }

    protected override void Dispose(bool disposing)
    {
        if (_daemon is not null)
        {
            _daemon.Kill();
            _daemon.WaitForExit();
            _daemon.Dispose();
        }

        _folder.Dispose();
        base.Dispose(disposing);
    }

    private static DBusMessage? Answer(DBusMessage call) => call.Member switch
    {
        "Twice" when call.Body is [string text, ..] => new DBusMessage { Type = DBusMessageType.Return, Signature = "s", Body = [text + text] },
        "Refuse" => new DBusMessage { Type = DBusMessageType.Error, ErrorName = "org.example.Error", Signature = "s", Body = ["not today"] },
        _ => null,
    };
}
