using Skywire.Testing;
using Skywire.Wifi.Control;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Running;
using Skywire.Wifi.Setup;
using Skywire.Wifi.Tests.Air;

namespace Skywire.Wifi.Tests.Running;

public sealed class AirTests
{
    [Fact]
    public void Mesh_FourBoards_AllJoin() => Run(async air =>
    {
        for (var i = 0; i < 4; i++)
        {
            air.Add(SampleRadio.Mesh(i));
        }

        Assert.True(await air.Until(() => air.Nodes.TrueForAll(n => n.State == "joined" && n.Radio.Neighbours.Count == 3), 20));
        Assert.All(air.Nodes, n => Assert.Equal((6, "mesh", "backhaul", "wlan"), (n.Radio.Channel, n.Radio.Mode, n.Radio.Role, n.Radio.Interface[..4])));
        Assert.All(air.Nodes, n => Assert.Equal((1, 0), (n.Report!.Counters["joins"], n.Report.Counters["rejoins"])));
        Assert.All(air.Nodes, n => Assert.Equal("DE", n.Country));
        Assert.All(air.Nodes, n => Assert.False(n.Radios[0].Faces[0].HasPowerSave));
        Assert.All(air.Nodes, n => Assert.Equal(-80, n.Radios[0].Faces[0].Mesh!.RssiThreshold));
        await air.Wait(300);
        Assert.All(air.Nodes, n => Assert.Equal((1, 0, 0), (n.Report!.Counters["joins"], n.Report.Counters["rejoins"], n.Report.Counters["supplicant_restarts"])));
        Assert.All(air.Nodes, n => Assert.InRange(n.Radio.Neighbours[0].SignalHistory.Count, 28, 32));
        Assert.All(air.Nodes, n => Assert.True(n.Report!.Counters["scans"] <= 1, "a joined board scanned"));
        Assert.All(air.Nodes, n => Assert.InRange(n.Reports, 30, 50));
    });

    [Fact]
    public void Mesh_Gateway_AnnouncesItself() => Run(async air =>
    {
        var gateway = air.Add(SampleRadio.Mesh(0), SimAir.Wishes with { IsGateway = true });
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => gateway.State == "joined", 20));
        Assert.True(gateway.Radios[0].Faces[0].Mesh is { IsRoot: true, IsGate: true, Forwards: true });
        gateway.Wishes = SimAir.Wishes;
        Assert.True(await air.Until(() => gateway.Radios[0].Faces[0].Mesh is { IsRoot: false, IsGate: false }, 10));
        Assert.Equal(0, gateway.Report!.Counters["rejoins"]);
    });

    [Fact]
    public void Mesh_WrongPassphrase_NeverJoinsAndSaysWhy() => Run(async air =>
    {
        air.Add(SampleRadio.Mesh(0));
        air.Add(SampleRadio.Mesh(1));
        var stranger = air.Add(SampleRadio.Mesh(2), SimAir.Wishes with { Passphrase = "ffffffffffffffffffffffffffffffff" });
        await air.Wait(300);
        Assert.Equal("searching", stranger.State);
        Assert.Contains("another passphrase?", stranger.Report!.Reason, StringComparison.Ordinal);
        Assert.Equal(0, stranger.Report.Counters["joins"]);
        Assert.True(stranger.Report.Counters["peers_refused"] > 0);
        Assert.All(air.Nodes.Take(2), n => Assert.Single(n.Radio.Neighbours));
    });

    [Fact]
    public void Mesh_OnAnotherChannel_IsFound() => Run(async air =>
    {
        var owner = air.Add(SampleRadio.Mesh(0), SimAir.Wishes with { Channel = 36 });
        var other = air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => other.State == "joined" && owner.State == "joined", 120));
        Assert.Equal(36, other.Radio.Channel);
        Assert.Equal(1, other.Report!.Counters["channel_moves"]);
        Assert.Equal(0, owner.Report!.Counters["channel_moves"]);
        Assert.Contains("heard there", other.Radio.PlanReason, StringComparison.Ordinal);
    });

    [Fact]
    public void Mesh_TwoOnTheirOwnChannels_MeetThoughBothMayMove() => Run(async air =>
    {
        var one = air.Add(SampleRadio.Mesh(0), SimAir.Wishes with { Channel = 11 });
        var two = air.Add(SampleRadio.Mesh(1), SimAir.Wishes with { Channel = 1 });
        await air.Wait(60);
        (one.Wishes, two.Wishes) = (SimAir.Wishes, SimAir.Wishes);
        Assert.True(await air.Until(() => air.Nodes.TrueForAll(n => n.State == "joined"), 300));
    });

    [Fact]
    public void Mesh_BoardComesBack_ReturnsToItsNeighboursChannel() => Run(async air =>
    {
        for (var i = 0; i < 3; i++)
        {
            air.Add(SampleRadio.Mesh(i), SimAir.Wishes with { Channel = 11 });
        }

        Assert.True(await air.Until(() => air.Nodes.TrueForAll(n => n.State == "joined"), 20));
        air.Nodes.ForEach(n => n.Wishes = SimAir.Wishes);
        var board = air.Nodes[0];
        board.Unplug(board.Radios[0]);
        await air.Wait(10);
        board.Plug(board.Radios[0], "wlan8");
        Assert.True(await air.Until(() => board.State == "joined" && board.Radio.Channel == 11, 10));
        board.Radios[0].Blocked = true;
        board.Notify();
        Assert.True(await air.Until(() => board.State == "off", 5));
        Assert.Contains("rfkill", board.Report!.Reason, StringComparison.Ordinal);
        board.Radios[0].Blocked = false;
        board.Notify();
        Assert.True(await air.Until(() => board.State == "joined" && board.Radio.Channel == 11, 10));
        Assert.Equal(0, board.Report.Counters["channel_moves"]);
    });

    [Fact]
    public void Mesh_SeveralOnAnotherChannel_AreJoinedSooner() => Run(async air =>
    {
        air.Add(SampleRadio.Mesh(0), SimAir.Wishes with { Channel = 11 });
        air.Add(SampleRadio.Mesh(1), SimAir.Wishes with { Channel = 11 });
        var board = air.Add(SampleRadio.Mesh(2));
        Assert.True(await air.Until(() => board.State == "joined", 30));
        Assert.Equal(11, board.Radio.Channel);
    });

    [Fact]
    public void Mesh_WeakSignal_IsShownAsWeak() => Run(async air =>
    {
        air.Signal = -84;
        air.Add(SampleRadio.Mesh(0));
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => air.Nodes.TrueForAll(n => n.State == "weak"), 20));
        Assert.Contains("-84 dBm", air.Nodes[0].Report!.Reason, StringComparison.Ordinal);
    });

    [Fact]
    public void Mesh_SupplicantThatLetsNobodyIn_IsStartedAnew() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0));
        await air.Wait(2);
        board.Supplicants["wlan0"].IsStuck = true;
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => board.State == "joined", 150));
        Assert.True(air.Nodes.Sum(n => n.Report!.Counters["supplicant_restarts"]) >= 1);
        Assert.Contains(air.Nodes.SelectMany(n => n.Radio.Steps), s => s.Reason.Contains("heard on this channel", StringComparison.Ordinal));
    });

    [Fact]
    public void Mesh_CountryRefused_IsToldAndTriedAgain() => Run(async air =>
    {
        var board = new SimNode(air, "refused", SimAir.Wishes, SampleRadio.Mesh(0)) { Refusals = { ["SetCountry"] = "no regulatory database" } };
        air.Nodes.Add(board);
        board.Start();
        await air.Wait(20);
        Assert.EndsWith("the country could not be set: no regulatory database", board.Report!.Reason, StringComparison.Ordinal);
        board.Refusals.Clear();
        Assert.True(await air.Until(() => board.Country == "DE", 40));
    });

    [Fact]
    public void AdHoc_ThreeBoards_AllJoin() => Run(async air =>
    {
        for (var i = 0; i < 3; i++)
        {
            air.Add(SampleRadio.AdHoc(i));
        }

        Assert.True(await air.Until(() => air.Nodes.TrueForAll(n => n.State == "joined" && n.Radio.Neighbours.Count == 2), 20));
        Assert.All(air.Nodes, n => Assert.Equal("ad_hoc", n.Radio.Mode));
        Assert.All(air.Nodes, n => Assert.False(n.Supplicants.Values.Single().Network.IsSae));
    });

    [Fact]
    public void Radio_KernelRefuses_IsThatRadiosReasonAlone() => Run(async air =>
    {
        var board = new SimNode(air, "refused", SimAir.Wishes, SampleRadio.Mesh(0)) { Refusals = { ["Start"] = "no" } };
        air.Nodes.Add(board);
        board.Start();
        air.Add(SampleRadio.Mesh(1));
        await air.Wait(30);
        Assert.Equal("searching", board.State);
        Assert.StartsWith("no; tried again after", board.Radio.Reason, StringComparison.Ordinal);
        Assert.True(board.Report!.Counters["kernel_refusals"] >= 4);
        board.Refusals.Clear();
        Assert.True(await air.Until(() => board.State == "joined", 60));
    });

    [Fact]
    public void Radio_KernelDoesNotAnswer_IsReported() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0));
        await air.Wait(5);
        board.Refusals["Radios"] = "nl80211 is not there";
        await air.Wait(15);
        Assert.Equal(("no_radio", "nl80211 is not there"), (board.State, board.Report!.Reason));
    });

    [Fact]
    public void Radio_Unplugged_IsToldAndKeptInMind() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0));
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => board.State == "joined", 20));
        board.Unplug(board.Radios[0]);
        Assert.True(await air.Until(() => board.State == "no_radio", 5));
        Assert.Equal("no_radio", board.Report!.Radios[0].State);
        Assert.Empty(board.Supplicants);
        board.Plug(board.Radios[0], "wlan7");
        Assert.True(await air.Until(() => board.State == "joined" && board.Radio.Interface == "wlan7", 20));
        Assert.Equal((1, 1), (board.Report!.Counters["joins"], board.Report.Counters["rejoins"]));
        Assert.Contains(board.Radio.Steps, s => s.Step == "radio_gone");
        Assert.Single(board.Report.Radios);
    });

    [Fact]
    public void Radio_WithoutInterface_GetsOneThatIsTakenAwayInTheEnd() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0) with { Interfaces = [] });
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => board.State == "joined", 30));
        Assert.Equal("wlan0", board.Radio.Interface);
        await board.StopAsync();
        Assert.Empty(board.Radios[0].Faces);
        air.Nodes.Remove(board);
    });

    [Fact]
    public void Scan_NeverAnswered_IsGivenUpAndStallsNothing() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0));
        board.LosesScans = true;
        await air.Wait(100);
        Assert.True(board.Report!.Counters["scan_failures"] >= 1);
        Assert.Contains(board.Radio.Steps, s => s.Step == "scan_failed" && s.Reason.Contains("30 s", StringComparison.Ordinal));
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => board.State == "joined", 20));
    });

    [Fact]
    public void RequestScan_Joined_ScansOnce() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0));
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => board.State == "joined", 20));
        await air.Wait(60);
        var before = board.Report!.Counters["scans"];
        board.Runner!.RequestScan();
        await air.Wait(20);
        Assert.Equal(before + 1, board.Report!.Counters["scans"]);
        Assert.Equal(("home", "mesh_point", 6, true), board.Report.Heard.Select(h => (h.Name, h.Type, h.Channel, h.IsOurs)).Single());
        Assert.NotNull(board.Report.HeardAt);
    });

    [Fact]
    public void Scan_Alone_IsNeverMoreOftenThanEvery15Seconds() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0));
        await air.Wait(600);
        Assert.InRange(board.Report!.Counters["scans"], 6, 12);
    });

    [Fact]
    public void People_SecondRadio_ServesThem() => Run(async air =>
    {
        var board = air.Add(SimAir.Wishes with { ClientName = "people", ClientPassphrase = "a passphrase" }, SampleRadio.Mesh(0), SampleRadio.Tree(9));
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => board.State == "joined" && board.Report!.Radios.All(r => r.State == "joined"), 20));
        Assert.Equal(["backhaul", "clients"], board.Report!.Radios.Select(r => r.Role));
        var people = board.Supplicants["wlan9"].Network;
        Assert.Equal((InterfaceType.AccessPoint, "people", "a passphrase", false), (people.Type, people.Name, people.Passphrase, people.IsSae));
        Assert.NotEqual(2437, people.Frequency);
    });

    [Fact]
    public void Setup_Claim_TakesTheRadioAndGivesItBack() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0));
        air.Add(SampleRadio.Mesh(1));
        var network = new SupplicantNetwork { Type = InterfaceType.AccessPoint, Name = "skyminer-setup" };
        board.Claim = new SetupClaim(null, new SetupReport("waiting", "a cable may still come", "", null));
        Assert.True(await air.Until(() => board.State == "joined" && board.Report!.Setup?.Phase == "waiting", 20));
        board.Claim = new SetupClaim(network, new SetupReport("open", "no settings", "skyminer-setup", null));
        Assert.True(await air.Until(() => board.State == "setup" && board.Supplicants["wlan0"] is { IsUp: true, Network.Name: "skyminer-setup", Network.Frequency: > 0 }, 20));
        Assert.Equal(("setup", "open"), (board.Radio.Role, board.Report!.Setup!.Phase));
        board.Claim = null;
        Assert.True(await air.Until(() => board.State == "joined", 30));
    });

    [Fact]
    public void Setup_TwoRadios_LeavesTheMeshOneAlone() => Run(async air =>
    {
        var board = air.Add(null, SampleRadio.Mesh(0), SampleRadio.Tree(9));
        air.Add(SampleRadio.Mesh(1));
        board.Claim = new SetupClaim(new SupplicantNetwork { Type = InterfaceType.AccessPoint, Name = "skyminer-setup" }, new SetupReport("open", "no settings", "skyminer-setup", null));
        Assert.True(await air.Until(() => board.State == "setup" && board.Report!.Radios[0].State == "joined", 20));
        Assert.Equal(["backhaul", "setup"], board.Report!.Radios.Select(r => r.Role));
    });

    [Fact]
    public void Wishes_SwitchedOff_StopsEverything() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0));
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => board.State == "joined", 20));
        board.Wishes = board.Wishes with { IsOn = false };
        Assert.True(await air.Until(() => board.State == "off", 10));
        Assert.Empty(board.Supplicants);
        Assert.Contains("wifi = off", board.Report!.Reason, StringComparison.Ordinal);
    });

    [Fact]
    public void Start_LeftoversOfAnEarlierRun_AreTakenAway() => Run(async air =>
    {
        var board = new SimNode(air, "left", SimAir.Wishes, SampleRadio.Mesh(0));
        ((IRadioKernel)board).AddInterface(0, "wlan0ap", InterfaceType.AccessPoint);
        ((ISupplicants)board).Start("wlan0ap", new SupplicantNetwork { Type = InterfaceType.AccessPoint, Name = "old", Frequency = 2437 });
        ((ISupplicants)board).Start("wlan0", new SupplicantNetwork { Type = InterfaceType.MeshPoint, Name = "old", Frequency = 2437 });
        await air.Wait(3);
        air.Nodes.Add(board);
        board.Start();
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => board.State == "joined", 30));
        Assert.Single(board.Radios[0].Faces);
        Assert.Equal("home", Assert.Single(board.Supplicants).Value.Network.Name);
    });

    [Fact]
    public void Plug_InterfaceComesAfterTheRadio_NoSecondIsMade() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0));
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => board.State == "joined", 20));
        board.Unplug(board.Radios[0]);
        await air.Wait(3);
        board.PlugBare(board.Radios[0]);
        await air.Wait(2);
        board.AddFace(board.Radios[0], "wlan7");
        Assert.True(await air.Until(() => board.State == "joined", 20));
        Assert.Equal("wlan7", Assert.Single(board.Radios[0].Faces).Name);
    });

    [Fact]
    public void Unplug_InterfaceGoesBeforeTheRadio_NoneIsMadeOnIt() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0));
        Assert.True(await air.Until(() => board.State == "searching", 20));
        board.Radios[0].Faces.Clear();
        board.Notify();
        await air.Wait(2);
        Assert.Empty(board.Radios[0].Faces);
    });

    [Fact]
    public void Plug_RadioThatStaysWithoutInterface_GetsOne() => Run(async air =>
    {
        var board = air.Add(SampleRadio.Mesh(0));
        air.Add(SampleRadio.Mesh(1));
        Assert.True(await air.Until(() => board.State == "joined", 20));
        board.Unplug(board.Radios[0]);
        await air.Wait(3);
        board.PlugBare(board.Radios[0]);
        Assert.True(await air.Until(() => board.State == "joined", 30));
        Assert.Single(board.Radios[0].Faces);
    });

    [Fact]
    public void Report_HoldsNoSecret() => Run(async air =>
    {
        var board = air.Add(SimAir.Wishes with { ClientName = "people", ClientPassphrase = "a passphrase" }, SampleRadio.Mesh(0), SampleRadio.Tree(9));
        await air.Wait(20);
        var json = System.Text.Json.JsonSerializer.Serialize(board.Report!, WifiJson.Default.WifiReport);
        Assert.Contains("\"mesh_name\":\"home\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain(SimAir.Wishes.Passphrase, json, StringComparison.Ordinal);
        Assert.DoesNotContain("a passphrase", json, StringComparison.Ordinal);
    });

    internal static void Run(Func<SimAir, Task> body, int seed = 1) => SimulationRun.Execute(seed, run => Execute(run, body));

    internal static async Task Execute(SimulationRun run, Func<SimAir, Task> body)
    {
        using var air = new SimAir(run);
        await body(air);
        Assert.Empty(await air.StopAsync());
    }
}
