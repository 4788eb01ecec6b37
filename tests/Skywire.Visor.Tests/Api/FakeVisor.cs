// A visor made of fixed values: what the API shows must come from its IVisorControl alone.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Visor.Api;
using Skywire.Visor.Api.Model;
using Skywire.Wire;

namespace Skywire.Visor.Tests.Api;

internal sealed class FakeVisor : IVisorControl
{
    public static DateTimeOffset At { get; } = new(2026, 11, 21, 7, 0, 0, TimeSpan.Zero);

    public static TransportId Id { get; } = TransportId.Of(TestKeys.A, TestKeys.B, "stcpr");

    public string Name { get; set; } = "attic";

    public bool Healthy { get; set; } = true;

    public Exception? Failure { get; set; }

    public TaskCompletionSource? Hang { get; set; }

    public List<string> Calls { get; } = [];

    public BoxView? Box { get; set; }

    public FakeUpdates? Updates { get; set; }

    IUpdateControl? IVisorControl.Updates => Updates;

    public static BoxView SampleBox { get; } = new()
    {
        MeshName = "home",
        MeshId = "0011223344556677",
        Role = "following",
        Joined = true,
        Reason = "",
        Problem = "",
        Since = At,
        Serving = new BoxServingView(TestKeys.B.ToString(), "cellar", "192.0.2.7", false, 2),
        Members = [new BoxMemberView(TestKeys.B.ToString(), "cellar", "192.0.2.7", true, true, 0.5)],
        Takeovers = 1,
        Ways = 2,
        BeaconsSent = 10,
        BeaconsHeard = 20,
        BeaconsRefused = new Dictionary<string, long> { ["tag"] = 3 },
    };

    public WifiView? Wifi { get; set; }

    WifiView? IVisorControl.Wifi() => Wifi;

    public StatusView Status() => new()
    {
        PublicKey = TestKeys.A.ToString(),
        Name = Name,
        Version = "1.2.3",
        Commit = "abc",
        StartedAt = At,
        UptimeSeconds = 61,
        State = "joined",
        StateReason = "1 transport up",
        Dmsg = new DmsgView(true, true, "", [TestKeys.C.ToString()]),
        Services = [new ServiceView("route_finder", "http://192.0.2.1", "ok", "", At, 3, 1)],
        Box = Box,
        TransportsUp = 1,
        RouteGroups = 1,
        Rules = 1,
        Listening = [new ListenView("stcpr", "0.0.0.0:7770")],
        Update = Updates is null ? null : new UpdateBriefView("idle", "1.2.3", "A", "", 0, ""),
        Wifi = Wifi is null ? null : WifiBriefView.Of(Wifi),
        Warnings = ["no services.uptime_tracker: uptime is not counted"],
    };

    public HealthView Health() => new(Healthy, [new CheckView("started", Healthy, Healthy ? "" : "starting")]);

    public IReadOnlyList<TransportView> Transports() => [new TransportView(Id.ToString(), TestKeys.B.ToString(), "stcpr", "user", true, true, 100, 200, 3, 4, 5.5, 1.5, "192.0.2.7:7777")];

    public IReadOnlyList<RuleView> Rules() => [new RuleView(7, "forward", Id.ToString(), 9, TestKeys.B.ToString(), 49152, 3, 30)];

    public IReadOnlyList<RouteGroupView> RouteGroups() => [new RouteGroupView(TestKeys.B.ToString(), 3, 49152, 2.5, 10, 20)];

    public IReadOnlyList<AppView> Apps() => [new AppView("skysocks", "skysocks", 3, true, "running", "", 1)];

    public SamplesView Samples() => new(1, [new SampleView(At, 10, 20, 1, 1)]);

    public IReadOnlyList<CauseCounters> Causes()
    {
        var counters = new CauseCounters("router");
        counters.Add(ProtocolError.RuleNotFound);
        var twin = new CauseCounters("router");
        twin.Add(ProtocolError.RuleNotFound);
        return [counters, twin];
    }

    public ReadOnlyMemory<byte> Config() => "{\"schema_version\":1}"u8.ToArray();

    public async Task<TransportView> AddTransportAsync(PubKey remote, string type, CancellationToken cancellationToken)
    {
        await CallAsync($"add {remote} {type}", cancellationToken);
        return Transports()[0];
    }

    public async Task<bool> RemoveTransportAsync(TransportId id, CancellationToken cancellationToken)
    {
        await CallAsync($"remove {id}", cancellationToken);
        return id == Id;
    }

    public async Task<PathsView> FindRoutesAsync(PubKey remote, int minHops, int maxHops, CancellationToken cancellationToken)
    {
        await CallAsync($"find {minHops} {maxHops}", cancellationToken);
        return new PathsView(remote.ToString(), [[new HopView(Id.ToString(), TestKeys.A.ToString(), TestKeys.B.ToString())]], []);
    }

    public async Task<DialView> DialAsync(PubKey remote, ushort port, int? minHops, CancellationToken cancellationToken)
    {
        await CallAsync($"dial {port} {minHops}", cancellationToken);
        return new DialView(remote.ToString(), port, 40, 1.5);
    }

    public async Task<PingView> PingAsync(PubKey remote, int count, CancellationToken cancellationToken)
    {
        await CallAsync($"ping {count}", cancellationToken);
        return new PingView(remote.ToString(), "stcpr", count, 2, [1, 2], 1, 1.5, 2);
    }

    public async Task<AppView?> StartAppAsync(string name, CancellationToken cancellationToken)
    {
        await CallAsync("start " + name, cancellationToken);
        return name == "skysocks" ? Apps()[0] : null;
    }

    public async Task<AppView?> StopAppAsync(string name, CancellationToken cancellationToken)
    {
        await CallAsync("stop " + name, cancellationToken);
        return name == "skysocks" ? Apps()[0] : null;
    }

    private async Task CallAsync(string call, CancellationToken cancellationToken)
    {
        Calls.Add(call);
        if (Hang is not null)
        {
            await Hang.Task.WaitAsync(cancellationToken);
        }

        if (Failure is not null)
        {
            throw Failure;
        }
    }
}
