// The update client inside a visor, on virtual time.
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Testing;
using Skywire.Update.Policy;
using Skywire.Update.Slots;
using Skywire.Update.Tests.Simulated;
using Skywire.Update.Versions;
using Skywire.Visor.Api;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Composition;
using Skywire.Visor.Config;
using Skywire.Visor.Updates;

namespace Skywire.Visor.Tests.Updates;

public sealed class UpdateHostTests : TestBase
{
    private const string Feed = "http://updates.example/stable.json";
    private readonly ScriptedRauc _rauc = new();
    private readonly MemoryStorage _storage = new();
    private readonly List<FileInfo> _card = [];
    private readonly UpdateConfig _config = new() { Feed = "http://updates.example/", Window = "00:00-00:00", Automatic = false };
    private int _reboots;

    [Fact]
    public void Install_AFileOfThePerson_EndsInARestartAndATrial() => SimulationRun.Execute(1, async sim =>
    {
        await using var host = Host(sim, out _);
        host.Start();
        Assert.False(host.Install(new InstallUpdateRequest("/mnt/a.raucb", null, null, null)).Order!.Done);
        await UntilAsync(sim, () => host.View().Order!.Done);
        Assert.Equal("1.3.0 is in slot B; the board restarts into it", host.View().Order!.Message);
        Assert.Equal("rebooting", host.Brief().Phase);
        Assert.Equal(1, _reboots);
        Assert.Equal(["inspect /mnt/a.raucb", "install /mnt/a.raucb"], _rauc.Calls);
        Assert.Contains("\"links_before\":2", Encoding.UTF8.GetString(_storage.Read("trial.json", 4096)!), StringComparison.Ordinal);
        Assert.Equal("installed", Assert.Single(host.History()).Event);
    });

    [Fact]
    public void Install_BadSignature_IsTheOrdersEndWithCauseAndRemedyAndCounted() => SimulationRun.Execute(1, async sim =>
    {
        _rauc.Refusal = new Refusal(RefusalCode.BadSignature, "signed by a stranger");
        await using var host = Host(sim, out _);
        host.Start();
        host.Install(new InstallUpdateRequest("/mnt/a.raucb", null, null, null));
        await UntilAsync(sim, () => host.View().Order!.Done);
        var view = host.View();
        Assert.Equal(("bad_signature", "signed by a stranger"), (view.Order!.Code, view.Order.Message));
        Assert.NotEmpty(view.Order.Remedy);
        Assert.Equal(1, view.Refusals["bad_signature"]);
        Assert.Equal(0, _reboots);
    });

    [Fact]
    public void Install_FaultOfOurOwn_EndsTheOrderAndTheNextIsTaken() => SimulationRun.Execute(1, async sim =>
    {
        _rauc.Fault = new InvalidOperationException("never foreseen");
        await using var host = Host(sim, out _);
        host.Start();
        host.Install(new InstallUpdateRequest("/mnt/a.raucb", null, null, null));
        await UntilAsync(sim, () => host.View().Order!.Done);
        Assert.Equal(("install_failed", "a fault of the update client: never foreseen"), (host.View().Order!.Code, host.View().Order!.Message));
        host.Install(new InstallUpdateRequest("/mnt/a.raucb", null, null, null));
        await UntilAsync(sim, () => host.View().Order!.Done);
        Assert.Equal("1.3.0 is in slot B; the board restarts into it", host.View().Order!.Message);
    });

    [Fact]
    public void Check_NoAnswer_IsRefusedWithItsCode() => SimulationRun.Execute(1, async sim =>
    {
        await using var host = Host(sim, out var server);
        host.Start();
        server.IsDown = true;
        var refused = await Assert.ThrowsAsync<ControlException>(() => host.CheckAsync(Deadline));
        Assert.Equal("unreachable", refused.Code);
        Assert.All(server.Requests, r => Assert.Equal(Feed, r.Address.ToString()));
    });

    // A download over a line that stands still is ended by hand; the next order is taken, and nothing begins by itself meanwhile.
    [Fact]
    public void Cancel_WhileDownloading_EndsTheOrderAndKeepsThePeace() => SimulationRun.Execute(1, async sim =>
    {
        _config.Automatic = true;
        await using var host = Host(sim, out var server);
        server.Files[Feed] = Encoding.UTF8.GetBytes($$"""{"schema":1,"channel":"stable","bundles":[{"compatible":"skyminer-universal","version":"1.3.0","file":"a.raucb","size":100000,"sha256":"{{new string('0', 64)}}"}]}""");
        server.Files["http://updates.example/a.raucb"] = new byte[100000];
        server.StallsOnce = true;
        host.Start();
        await UntilAsync(sim, () => host.Brief().Phase == "downloading");
        host.Cancel();
        await UntilAsync(sim, () => host.Brief().Phase == "idle");
        var asked = server.Requests.Count;
        await Task.Delay(TimeSpan.FromMinutes(30), sim.Time);
        Assert.DoesNotContain(server.Requests.Skip(asked), r => r.Address.ToString() != Feed);
        Assert.Equal("busy", Assert.Throws<ControlException>(host.Cancel).Code);

        server.StallsOnce = true;
        host.Install(new InstallUpdateRequest(null, null, null, null));
        await UntilAsync(sim, () => host.Brief().Phase == "downloading");
        Assert.Equal("busy", Assert.Throws<ControlException>(() => host.Install(new InstallUpdateRequest(null, null, null, null))).Code);
        host.Cancel();
        await UntilAsync(sim, () => host.View().Order!.Done);
        Assert.Equal("cancelled", host.View().Order!.Code);
    });

    // The file stays on the card: taken once, or a bad version would come back at every start.
    [Fact]
    public void Start_BundleOnTheCard_IsTakenOnce() => SimulationRun.Execute(1, async sim =>
    {
        using var folder = new TempFolder();
        _card.Add(new FileInfo(folder.Write("a.raucb", "x")));
        await using (var first = Host(sim, out _))
        {
            first.Start();
            await UntilAsync(sim, () => first.View().Order is { Done: true });
        }

        Assert.Equal(1, _reboots);
        _storage.Delete("trial.json");
        await using var second = Host(sim, out _);
        second.Start();
        await Task.Delay(TimeSpan.FromMinutes(1), sim.Time);
        Assert.Null(second.View().Order);
        File.WriteAllText(_card[0].FullName, "xy");
        _card[0].Refresh();
        await using var third = Host(sim, out _);
        third.Start();
        Assert.NotNull(third.View().Order);
    });

    [Fact]
    public void Any_NoSlot_IsRefusedAndSaysWhy() => SimulationRun.Execute(1, async sim =>
    {
        await using var host = Host(sim, out _, hasSlot: false);
        host.Start();
        Assert.Equal(("no_rauc", ""), (host.View().Refusal, host.View().Slot));
        Assert.Empty(host.History());
        Assert.Equal("no_rauc", (await Assert.ThrowsAsync<ControlException>(() => host.CheckAsync(Deadline))).Code);
        Assert.Equal("no_rauc", Assert.Throws<ControlException>(() => host.Install(new InstallUpdateRequest(null, null, null, null))).Code);
        Assert.Equal("no_rauc", (await Assert.ThrowsAsync<ControlException>(() => host.RollbackAsync(Deadline))).Code);
    });

    [Fact]
    public void Rollback_OtherSlotIsFilled_MakesItTheFirstAndRestarts() => SimulationRun.Execute(1, async sim =>
    {
        await using var host = Host(sim, out _);
        host.Start();
        Assert.Equal("rebooting", (await host.RollbackAsync(Deadline)).Phase);
        Assert.Equal("mark active rootfs.1", Assert.Single(_rauc.Calls));
        Assert.Equal("1.2.3", Assert.Single(host.View().Failed).Version);
    });

    private static async Task UntilAsync(SimulationRun sim, Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 1000, "not within 100 s");
            await Task.Delay(TimeSpan.FromMilliseconds(100), sim.Time);
        }
    }

    private UpdateHost Host(SimulationRun sim, out SimulatedServer server, bool hasSlot = true)
    {
        server = new SimulatedServer(sim.Time);
        var world = new UpdateWorld
        {
            Storage = _storage,
            Http = server,
            Rauc = _rauc,
            Slot = hasSlot ? new RunningSlot("A", "boot-1") : null,
            Version = SemanticVersion.Parse("1.2.3")!,
            Compatible = "skyminer-universal",
            Reboot = () => _reboots++,
            CardBundles = () => _card,
        };
        var visor = new VisorWorld(sim.Network.Host("10.0.0.2"), null!, () => [], sim.Entropy.For("updates"), sim.Time, NullLoggerFactory.Instance);
        return new UpdateHost(_config, world, visor, () => 2);
    }
}
