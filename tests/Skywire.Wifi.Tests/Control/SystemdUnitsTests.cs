// Against a systemd of the test's own on a real message bus.
using System.Diagnostics;
using Skywire.Linux.DBus;
using Skywire.Testing;
using Skywire.Wifi.Control;

namespace Skywire.Wifi.Tests.Control;

public sealed class SystemdUnitsTests : TestBase
{
    private const string Unit = "skyminer-wpa@wlan0.service";
    private const string UnitPath = "/org/freedesktop/systemd1/unit/skyminer_2dwpa_40wlan0_2eservice";
    private readonly TempFolder _folder = new();
    private readonly Process? _daemon;
    private readonly string _address = "";
    private readonly List<string> _calls = [];
    private DBusConnection? _service;
    private string _result = "done";
    private bool _isLoaded = true;

    public SystemdUnitsTests()
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

    [Fact]
    public async Task Start_Stop_Restart_WaitForTheEndOfTheJob()
    {
        Assert.SkipWhen(_daemon is null, "dbus-daemon is not installed");
        await using var service = await ServeAsync();
        var units = new SystemdUnits(_address, TimeProvider.System);
        await units.StartAsync(Unit, Deadline);
        await units.RestartAsync(Unit, Deadline);
        await units.StopAsync(Unit, Deadline);
        Assert.Equal(["ResetFailedUnit", "Subscribe", "StartUnit replace", "ResetFailedUnit", "Subscribe", "RestartUnit replace", "Subscribe", "StopUnit replace", "ResetFailedUnit"], _calls);
    }

    [Fact]
    public async Task Start_JobFails_ThrowsInWords()
    {
        Assert.SkipWhen(_daemon is null, "dbus-daemon is not installed");
        await using var service = await ServeAsync();
        _result = "dependency";
        var refusal = await Assert.ThrowsAsync<IOException>(() => new SystemdUnits(_address, TimeProvider.System).StartAsync(Unit, Deadline));
        Assert.Contains("something it needs did not start", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_FailedUnit_HasItsCause()
    {
        Assert.SkipWhen(_daemon is null, "dbus-daemon is not installed");
        await using var service = await ServeAsync();
        var state = await new SystemdUnits(_address, TimeProvider.System).StateAsync(Unit, Deadline);
        Assert.Equal(new UnitState("failed", "failed", "exit-code", 255), state);
        Assert.Equal("it ended with exit status 255", state.Why);
        Assert.False(state.IsAlive);
    }

    [Fact]
    public async Task UnknownUnit_DoesNotRunAndNeedNotBeStopped()
    {
        Assert.SkipWhen(_daemon is null, "dbus-daemon is not installed");
        await using var service = await ServeAsync();
        _isLoaded = false;
        var units = new SystemdUnits(_address, TimeProvider.System);
        Assert.Equal(UnitState.None, await units.StateAsync(Unit, Deadline));
        await units.StopAsync(Unit, Deadline);
        Assert.Contains("not loaded", (await Assert.ThrowsAsync<IOException>(() => units.StartAsync(Unit, Deadline))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoBus_ThrowsInWords()
        => Assert.Contains("cannot be reached", (await Assert.ThrowsAsync<IOException>(() => new SystemdUnits("unix:path=" + _folder.File("none"), TimeProvider.System).StateAsync(Unit, Deadline))).Message, StringComparison.Ordinal);

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

    private async Task<DBusConnection> ServeAsync()
    {
        _service = await DBusConnection.OpenAsync(_address, Answer, Deadline);
        await _service.TakeNameAsync(SystemdUnits.Service, Deadline);
        return _service;
    }

    private DBusMessage Answer(DBusMessage call)
    {
        static DBusMessage Return(string signature, params IReadOnlyList<object> body) => new() { Type = DBusMessageType.Return, Signature = signature, Body = body };
        var refusal = new DBusMessage { Type = DBusMessageType.Error, ErrorName = "org.freedesktop.systemd1.NoSuchUnit", Signature = "s", Body = [$"Unit {Unit} not loaded."] };
        switch (call.Member)
        {
            case "Get" when call is { Path: UnitPath, Body: [string kind, string property] }:
                return property switch
                {
                    "ActiveState" or "SubState" when kind == "org.freedesktop.systemd1.Unit" => Return("v", new DBusVariant("s", "failed")),
                    "Result" when kind == "org.freedesktop.systemd1.Service" => Return("v", new DBusVariant("s", "exit-code")),
                    "ExecMainStatus" when kind == "org.freedesktop.systemd1.Service" => Return("v", new DBusVariant("i", 255)),
                    _ => refusal,
                };
            case "GetUnit":
                return _isLoaded && call.Body is [Unit] ? Return("o", new DBusPath(UnitPath)) : refusal;
            case "StartUnit" or "StopUnit" or "RestartUnit" when call.Body is [Unit, string mode] && _isLoaded:
                lock (_calls)
                {
                    _calls.Add($"{call.Member} {mode}");
                }

                var job = new DBusPath($"/org/freedesktop/systemd1/job/{_calls.Count}");
                // Another one's job first, and this one's end possibly before the answer: both happen.
                _ = _service!.SignalAsync(SystemdUnits.ManagerPath, SystemdUnits.Manager, "JobRemoved", "uoss", 1u, new DBusPath("/org/freedesktop/systemd1/job/999"), "other.service", "failed");
                _ = _service.SignalAsync(SystemdUnits.ManagerPath, SystemdUnits.Manager, "JobRemoved", "uoss", 2u, job, Unit, _result);
                return Return("o", job);
            case "Subscribe":
            case "ResetFailedUnit" when _isLoaded:
                lock (_calls)
                {
                    _calls.Add(call.Member);
                }

                return Return("");
            default:
                return refusal;
        }
    }
}
