// The slots of a simulated board: RAUC writes the other one, a restart takes it, and the product's own trial judges it.
using Skywire.Update.Download;
using Skywire.Update.Rauc;
using Skywire.Update.Slots;
using Skywire.Update.Tests.Simulated;
using Skywire.Update.Trial;
using Skywire.Update.Versions;
using Skywire.Visor.Updates;

namespace Skywire.Simulation.Tests;

internal sealed class UpdatedBoard(SimulatedMesh mesh, IUpdateHttp server, string offered) : IRauc
{
    public const string Compatible = "skyminer-universal";

    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RestartTime = TimeSpan.FromSeconds(20);
    private string _written = "";
    private int _starts = 1;

    public MemoryStorage Storage { get; } = new();

    public string Version { get; private set; } = "1.2.3";

    public string Slot { get; private set; } = "A";

    /// <summary>RAUC writes, or the board restarts: from here to a passed trial nobody else may.</summary>
    public bool IsAway { get; private set; }

    public bool WantsRestart { get; private set; }

    /// <summary>The way to the publisher is cut.</summary>
    public bool IsCutOff { get; set; }

    public UpdateWorld World => new()
    {
        Storage = Storage,
        Http = new Uplink(this, server),
        Rauc = this,
        Slot = new RunningSlot(Slot, $"boot-{_starts}"),
        Version = SemanticVersion.Parse(Version)!,
        Compatible = Compatible,
        Reboot = () => WantsRestart = true,
    };

    public async Task RestartAsync(SimulatedVisor visor, bool isGood)
    {
        WantsRestart = false;
        await visor.StopAsync();
        await Task.Delay(RestartTime, mesh.Sim.Time);
        _starts++;
        if (isGood)
        {
            (Slot, Version) = (Slot == "A" ? "B" : "A", _written);
        }

        await mesh.RestartAsync(visor);
        if (isGood)
        {
            var end = await new TrialRunner(Storage, _ => Task.FromResult(Measure(visor)), mesh.Sim.Time).RunAsync(World.Slot!, RestartTime, default);
            Xunit.Assert.Equal(TrialVerdict.Good, end.Verdict);
        }

        IsAway = false;
    }

    public Task<BundleFacts> InspectAsync(string path, CancellationToken cancellationToken) => Task.FromResult(new BundleFacts(Compatible, offered, "", ""));

    public async Task InstallAsync(string path, Action<RaucProgress> progress, CancellationToken cancellationToken)
    {
        IsAway = true;
        await Task.Delay(WriteTime, mesh.Sim.Time, cancellationToken);
        _written = offered;
    }

    public Task MarkAsync(string state, string slot, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<RaucSlot>> SlotsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RaucSlot>>(
        [new RaucSlot("rootfs.0", "A", Slot == "A", true, "ok", ""), new RaucSlot("rootfs.1", "B", Slot == "B", true, "ok", "")]);

    public Task<string> PrimaryAsync(CancellationToken cancellationToken) => Task.FromResult(Slot == "A" ? "rootfs.0" : "rootfs.1");

    private static TrialFacts Measure(SimulatedVisor visor)
    {
        var status = visor.Visor.Status();
        return new TrialFacts(status.State != "booting", true, status.TransportsUp, true, status.StateReason);
    }

    private sealed class Uplink(UpdatedBoard board, IUpdateHttp server) : IUpdateHttp
    {
        public Task<IHttpAnswer> GetAsync(HttpGet request, CancellationToken cancellationToken)
            => board.IsCutOff ? Task.FromException<IHttpAnswer>(new IOException("Network is unreachable")) : server.GetAsync(request, cancellationToken);
    }
}
