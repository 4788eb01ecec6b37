// The real client on a real message bus, against a little RAUC of our own that speaks the interface of rauc 1.13.
using System.Diagnostics;
using Skywire.Linux.DBus;
using Skywire.Testing;
using Skywire.Update.Policy;
using Skywire.Update.Rauc;

namespace Skywire.Update.Tests.Rauc;

public sealed class RaucClientTests : TestBase
{
    private readonly TempFolder _folder = new();
    private readonly Process? _daemon;
    private readonly string _address = "";
    private readonly List<DBusMessage> _calls = [];
    private DBusConnection? _rauc;
    private int _result;
    private string _error = "";

    public RaucClientTests()
    {
        if (!File.Exists("/usr/bin/dbus-daemon"))
        {
            return;
        }

        var configuration = _folder.Write("bus.conf", $"""
            <busconfig><type>session</type><listen>unix:path={_folder.File("bus")}</listen>
            <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
            """);
        _daemon = Process.Start(new ProcessStartInfo("/usr/bin/dbus-daemon", ["--config-file=" + configuration, "--nofork", "--print-address"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _address = _daemon.StandardOutput.ReadLine() ?? throw new InvalidOperationException(_daemon.StandardError.ReadToEnd());
    }

    private RaucClient Client => new(_address, TimeProvider.System);

    [Fact]
    public async Task Inspect_Bundle_GivesWhatItSays()
    {
        await StartAsync();
        Assert.Equal(new BundleFacts("skyminer-universal", "0.1.0-7.gabc", "0.1.0-1.gx", "new", 99_979_264), await Client.InspectAsync("/media/good.raucb", Deadline));
        Assert.Equal("/media/good.raucb", _calls[^1].Body[0]);
        var refused = await Assert.ThrowsAsync<RaucException>(() => Client.InspectAsync("/media/foreign.raucb", Deadline));
        Assert.Equal(RefusalCode.BadSignature, refused.Refusal.Code);
    }

    [Fact]
    public async Task Install_Good_ReportsProgressAndEnds()
    {
        await StartAsync();
        var steps = new List<RaucProgress>();
        await Client.InstallAsync("/media/good.raucb", steps.Add, Deadline);
        Assert.Equal([new RaucProgress(20, "Checking bundle"), new RaucProgress(80, "Updating slots")], steps);
    }

    [Fact]
    public async Task Install_Refused_ThrowsItsLastError()
    {
        await StartAsync();
        (_result, _error) = (1, "Compatible mismatch: Expected 'a' but bundle manifest has 'b'");
        var refused = await Assert.ThrowsAsync<RaucException>(() => Client.InstallAsync("/media/good.raucb", _ => { }, Deadline));
        Assert.Equal((RefusalCode.WrongBoard, _error), (refused.Refusal.Code, refused.Message));
    }

    [Fact]
    public async Task Install_RaucDies_IsNoticed()
    {
        await StartAsync();
        _result = -1;
        Assert.Equal(RefusalCode.InstallFailed, (await Assert.ThrowsAsync<RaucException>(() => Client.InstallAsync("/media/good.raucb", _ => { }, Deadline))).Refusal.Code);
    }

    [Fact]
    public async Task SlotsPrimaryMark_Work()
    {
        await StartAsync();
        Assert.Equal([new RaucSlot("rootfs.0", "A", true, true, "ok", "0.1.0"), new RaucSlot("rootfs.1", "B", false, false, "", "")], await Client.SlotsAsync(Deadline));
        Assert.Equal("rootfs.0", await Client.PrimaryAsync(Deadline));
        await Client.MarkAsync("active", "booted", Deadline);
        Assert.Equal(["active", "booted"], _calls[^1].Body);
    }

    [Fact]
    public async Task Calls_NoRauc_AreRefused()
    {
        Assert.SkipWhen(_daemon is null, "dbus-daemon is not installed");
        Assert.Equal(RefusalCode.NoRauc, (await Assert.ThrowsAsync<RaucException>(() => Client.SlotsAsync(Deadline))).Refusal.Code);
        var noBus = new RaucClient("unix:path=" + _folder.File("none"), TimeProvider.System);
        Assert.Equal(RefusalCode.NoRauc, (await Assert.ThrowsAsync<RaucException>(() => noBus.PrimaryAsync(Deadline))).Refusal.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData(7)]
    public void ReadFacts_NotWhatRaucSends_IsEmpty(object answer)
    {
        Assert.Equal(new BundleFacts("", "", "", ""), RaucClient.ReadFacts(answer));
        Assert.Empty(RaucClient.ReadSlots(answer));
    }

    protected override void Dispose(bool disposing)
    {
        _rauc?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        if (_daemon is not null)
        {
            _daemon.Kill();
            _daemon.WaitForExit();
            _daemon.Dispose();
        }

        _folder.Dispose();
        base.Dispose(disposing);
    }

    private async Task StartAsync()
    {
        Assert.SkipWhen(_daemon is null, "dbus-daemon is not installed");
        _rauc = await DBusConnection.OpenAsync(_address, Answer, Deadline);
        await _rauc.TakeNameAsync(RaucClient.Service, Deadline);
    }

    private DBusMessage? Answer(DBusMessage call)
    {
        _calls.Add(call);
        switch (call.Member)
        {
            case "InspectBundle" when (string)call.Body[0] != "/media/good.raucb":
                return new DBusMessage { Type = DBusMessageType.Error, ErrorName = "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code30", Signature = "s", Body = ["signature verification failed: Verify error: self-signed certificate"] };
            case "InspectBundle":
                // As GLib nests them: a variant in the dictionary's own.
                object update = new DBusVariant("v", new DBusVariant("a{sv}", new DBusArray("{sv}", [Pair("compatible", "skyminer-universal"), Pair("version", "0.1.0-7.gabc")])));
                object meta = new DBusVariant("v", new DBusVariant("a{sa{ss}}", new DBusArray("{sa{ss}}", [new DBusEntry("skyminer", new DBusArray("{ss}", [new DBusEntry("min-version", "0.1.0-1.gx"), new DBusEntry("changelog", "new")]))])));
                object images = new DBusVariant("v", new DBusVariant("aa{sv}", new DBusArray("a{sv}", [new DBusArray("{sv}", [Pair("slot-class", "rootfs"), new DBusEntry("size", new DBusVariant("t", 99_979_264UL))])])));
                return Return("a{sv}", new DBusArray("{sv}", [new DBusEntry("update", update), new DBusEntry("images", images), new DBusEntry("meta", meta)]));
            case "InstallBundle":
                _ = InstallAsync();
                return Return("");
            case "Get":
                return Return("v", new DBusVariant("s", _error));
            case "GetSlotStatus":
                return Return("a(sa{sv})", new DBusArray("(sa{sv})", [
                    new DBusStruct(["rootfs.0", new DBusArray("{sv}", [Pair("bootname", "A"), Pair("state", "booted"), Pair("boot-status", "good"), Pair("status", "ok"), Pair("bundle.version", "0.1.0")])]),
                    new DBusStruct(["rootfs.1", new DBusArray("{sv}", [Pair("bootname", "B"), Pair("state", "inactive"), Pair("boot-status", "bad")])])]));
            case "GetPrimary":
                return Return("s", "rootfs.0");
            case "Mark":
                return Return("ss", "rootfs.0", "activated slot rootfs.0");
            default:
                return null;
        }
    }

    // Ends by its last signal, which the test waits for.
    private async Task InstallAsync()
    {
        if (_result < 0)
        {
            await _rauc!.CallAsync(new DBusCall("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReleaseName", "s", RaucClient.Service), Deadline);
            return;
        }

        foreach (var (percent, step) in new[] { (20, "Checking bundle"), (80, "Updating slots") })
        {
            var changed = new DBusArray("{sv}", [new DBusEntry("Progress", new DBusVariant("(isi)", new DBusStruct([percent, step, 1])))]);
            await _rauc!.SignalAsync("/", "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as", RaucClient.Interface, changed, new DBusArray("s", []));
        }

        await _rauc!.SignalAsync("/", RaucClient.Interface, "Completed", "i", _result);
    }

    private static DBusEntry Pair(string key, string value) => new(key, new DBusVariant("s", value));

    private static DBusMessage Return(string signature, params IReadOnlyList<object> body) => new() { Type = DBusMessageType.Return, Signature = signature, Body = body };
}
