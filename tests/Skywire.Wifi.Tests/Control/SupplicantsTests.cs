// Orders, adoption, loss: against units and a control socket of the test's own.
using Skywire.Linux;
using Skywire.Testing;
using Skywire.Wifi.Control;

namespace Skywire.Wifi.Tests.Control;

public sealed class SupplicantsTests : TestBase
{
    private const string Unit = "skyminer-wpa@wlan0.service";
    private readonly TempFolder _folder = new();
    private readonly SupplicantOptions _options;
    private readonly FakeUnits _units;
    private FakeSupplicant? _process;
    private bool _isQuiet;

    public SupplicantsTests()
    {
        _options = new SupplicantOptions
        {
            RunFolder = _folder.Path,
            StatusInterval = TimeSpan.FromMilliseconds(50),
            AttachInterval = TimeSpan.FromMilliseconds(10),
            AttachLimit = TimeSpan.FromMilliseconds(500),
            AnswerLimit = TimeSpan.FromSeconds(2),
        };
        _units = new FakeUnits(
            _ =>
            {
                if (!_isQuiet)
                {
                    _process = new FakeSupplicant(_options.ControlFile("wlan0"));
                }
            },
            _ => Kill());
    }

    [Fact]
    public async Task Start_NewInterface_WritesItsFileStartsTheUnitAndAttaches()
    {
        await using var supplicants = Make();
        Assert.Equal(new SupplicantState(), supplicants.State("wlan0"));
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s.IsRunning);
        Assert.Equal(["start " + Unit], _units.Orders);
        Assert.Equal(SupplicantConfig.Write(Networks.Mesh, _options.ControlFolder), File.ReadAllText(_options.ConfigFile("wlan0")));
        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(_options.ConfigFile("wlan0")));
        Assert.Equal(("SCANNING", ""), (supplicants.State("wlan0").Phase, supplicants.State("wlan0").Fault));

        _process!.Phase = "COMPLETED";
        _process.Tell("<3>MESH-GROUP-STARTED ssid=\"home\" id=0");
        _process.Tell("<3>MESH-PEER-CONNECTED 02:00:00:00:00:02");
        await UntilAsync(supplicants, s => s.Phase == "COMPLETED" && s.Events.Count == 2);
        Assert.Equal([(1L, SupplicantEventKind.Up), (2L, SupplicantEventKind.PeerJoined)], supplicants.State("wlan0").Events.Select(e => (e.Number, e.Kind)));
    }

    [Fact]
    public async Task Start_SameAgain_TouchesNothing_OtherNetworkRestarts()
    {
        await using var supplicants = Make();
        supplicants.Start("wlan0", Networks.TreeAccessPoint);
        await UntilAsync(supplicants, s => s.IsRunning);
        var members = Networks.TreeAccessPoint.Tree!.Value with { Members = 1 };
        supplicants.Start("wlan0", Networks.TreeAccessPoint with { Tree = members });
        Assert.True(supplicants.State("wlan0").IsRunning);
        supplicants.Start("wlan0", Networks.TreeAccessPoint with { Tree = members with { Depth = 1 } });
        Assert.False(supplicants.State("wlan0").IsRunning);
        await UntilAsync(supplicants, s => s.IsRunning);
        Assert.Equal(["start " + Unit, "restart " + Unit], _units.Orders);
    }

    [Fact]
    public async Task Start_EventsOverRestarts_AreCountedOnAndBounded()
    {
        await using var supplicants = Make();
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s.IsRunning);
        for (var i = 0; i < 40; i++)
        {
            _process!.Tell("<3>CTRL-EVENT-SCAN-STARTED ");
        }

        await UntilAsync(supplicants, s => s.Events is [.., { Number: 40 }]);
        Assert.Equal(32, supplicants.State("wlan0").Events.Count);
        supplicants.Start("wlan0", Networks.AdHoc);
        await UntilAsync(supplicants, s => s.IsRunning);
        _process!.Tell("<3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:01:00 completed [id=0 id_str=]");
        await UntilAsync(supplicants, s => s.Events is [.., { Number: 41, Kind: SupplicantEventKind.Up }]);
    }

    [Fact]
    public async Task Start_WhatRunsAlready_IsTakenOver()
    {
        await using (var before = Make())
        {
            before.Start("wlan0", Networks.Mesh);
            await UntilAsync(before, s => s.IsRunning);
        }

        Assert.False(File.Exists(_options.OwnFile("wlan0")));
        await using var after = Make();
        after.Start("wlan0", Networks.Mesh);
        await UntilAsync(after, s => s.IsRunning);
        Assert.Equal(["start " + Unit], _units.Orders);
    }

    [Fact]
    public async Task Start_WhatRunsAlreadyAndIsDeaf_IsStartedAnew()
    {
        File.WriteAllText(_options.ConfigFile("wlan0"), SupplicantConfig.Write(Networks.Mesh, _options.ControlFolder));
        File.SetUnixFileMode(_options.ConfigFile("wlan0"), AtomicFile.Private);
        _process = new FakeSupplicant(_options.ControlFile("wlan0")) { IsDeaf = true };
        _units.State = new UnitState("active", "running", "success", 0);
        await using var supplicants = Make();
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s.IsRunning);
        Assert.Equal(["restart " + Unit], _units.Orders);
    }

    [Fact]
    public async Task State_ProcessCrashes_SaysWhyAndStartsAgainWhenOrdered()
    {
        await using var supplicants = Make();
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s.IsRunning);
        Kill();
        _units.State = new UnitState("failed", "failed", "signal", 11);
        await UntilAsync(supplicants, s => s.Fault.Contains("ended by signal 11", StringComparison.Ordinal));
        Assert.Equal((false, ""), (supplicants.State("wlan0").IsRunning, supplicants.State("wlan0").Phase));
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s is { IsRunning: true, Fault: "" });
        Assert.Equal(["start " + Unit, "start " + Unit], _units.Orders);
    }

    [Fact]
    public async Task State_ProcessRestartedByOthers_IsAttachedAgain()
    {
        await using var supplicants = Make();
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s.IsRunning);
        Kill();
        _process = new FakeSupplicant(_options.ControlFile("wlan0")) { Phase = "ASSOCIATING" };
        await UntilAsync(supplicants, s => s is { IsRunning: true, Phase: "ASSOCIATING" });
        _process.Tell("<3>CTRL-EVENT-TERMINATING ");
        await UntilAsync(supplicants, s => s.Events is [{ Kind: SupplicantEventKind.Down }]);
        Assert.Equal(["start " + Unit], _units.Orders);
    }

    [Fact]
    public async Task State_ProcessNeverAnswers_IsAFault()
    {
        _isQuiet = true;
        await using var supplicants = Make();
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s.Fault.Contains("does not answer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_ManagerRefuses_IsAFaultInItsWords()
    {
        _units.Refusal = "StartUnit: it failed";
        await using var supplicants = Make();
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s.Fault == _units.Refusal || s.Fault.Contains("does not run", StringComparison.Ordinal));
        _units.Refusal = "";
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s.IsRunning);
    }

    [Fact]
    public async Task Start_FaultOfOurOwn_IsToldAndTheNextOrderIsTaken()
    {
        _units.Fault = new InvalidOperationException("never foreseen");
        await using var supplicants = Make();
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s.Fault == "never foreseen" || s.Fault.Contains("does not run", StringComparison.Ordinal));
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s.IsRunning);
    }

    [Fact]
    public async Task Start_ManyWhileOneIsCarriedOut_OnlyTheLastFollows()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _units.Gate = gate.Task;
        await using var supplicants = Make();
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(() => _units.Orders.Count == 1);
        supplicants.Start("wlan0", Networks.AdHoc);
        supplicants.Stop("wlan0");
        supplicants.Start("wlan0", Networks.Station);
        gate.SetResult();
        await UntilAsync(supplicants, s => s.IsRunning);
        Assert.Equal(["start " + Unit, "restart " + Unit], _units.Orders);
        Assert.Equal(SupplicantConfig.Write(Networks.Station, _options.ControlFolder), File.ReadAllText(_options.ConfigFile("wlan0")));
    }

    [Fact]
    public async Task Stop_Running_EndsItAndRemovesItsSecrets()
    {
        await using var supplicants = Make();
        supplicants.Stop("wlan0");
        supplicants.Start("wlan0", Networks.Mesh);
        await UntilAsync(supplicants, s => s.IsRunning);
        supplicants.Stop("wlan0");
        await UntilAsync(() => !File.Exists(_options.ConfigFile("wlan0")));
        Assert.Equal((false, ""), (supplicants.State("wlan0").IsRunning, supplicants.State("wlan0").Fault));
        Assert.Equal(["start " + Unit, "stop " + Unit], _units.Orders);
    }

    [Fact]
    public async Task Stop_LeftByAServiceBefore_EndsIt()
    {
        File.WriteAllText(_options.ConfigFile("wlan0"), "secret");
        await using var supplicants = Make();
        supplicants.Stop("wlan0");
        await UntilAsync(() => !File.Exists(_options.ConfigFile("wlan0")));
        Assert.Equal(["stop " + Unit], _units.Orders);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData(".")]
    [InlineData("a b")]
    [InlineData("sixteen-letters0")]
    public async Task Start_NoInterfaceName_Throws(string name)
    {
        await using var supplicants = Make();
        Assert.Throws<IOException>(() => supplicants.Start(name, Networks.Mesh));
        supplicants.Stop(name);
        Assert.Empty(_units.Orders);
    }

    [Fact]
    public async Task Start_BadNetwork_ThrowsInWords()
    {
        await using var supplicants = Make();
        Assert.Contains("never formed", Assert.Throws<IOException>(() => supplicants.Start("wlan0", Networks.Mesh with { Passphrase = "" })).Message, StringComparison.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        Kill();
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private Supplicants Make() => new(_options, _units, TimeProvider.System);

    private void Kill()
    {
        _process?.Dispose();
        _process = null;
    }

    private async Task UntilAsync(Supplicants supplicants, Func<SupplicantState, bool> condition)
    {
        var changed = new SemaphoreSlim(0);
        void Note() => changed.Release();
        supplicants.Changed += Note;
        try
        {
            while (!condition(supplicants.State("wlan0")))
            {
                await changed.WaitAsync(Deadline);
            }
        }
        finally
        {
            supplicants.Changed -= Note;
        }
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Deadline.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Deadline);
        }
    }
}
