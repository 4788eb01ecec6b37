using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Tests.Air;

namespace Skywire.Wifi.Tests.Plan;

public sealed class WifiPlannerTests
{
    private static readonly WifiWishes Wishes = SimAir.Wishes;
    private static readonly WifiWishes WithPeople = Wishes with { ClientName = "people", ClientPassphrase = "a passphrase" };

    [Fact]
    public void Plan_ByCapabilities_TakesTheBestMode()
    {
        Assert.Equal(LinkMode.Mesh, One(SampleRadio.Mesh()).Mode);
        Assert.Equal(LinkMode.AdHoc, One(SampleRadio.AdHoc()).Mode);
        Assert.Equal(LinkMode.AdHoc, One(SampleRadio.Mesh() with { HasSae = false }).Mode);
        Assert.Equal(LinkMode.Tree, One(SampleRadio.Tree()).Mode);
        Assert.Equal(LinkMode.TreeStation, One(SampleRadio.Either()).Mode);
        Assert.Equal(LinkMode.TreeStation, One(SampleRadio.Make(0, InterfaceTypes.Station)).Mode);
        Assert.Equal(LinkMode.TreeRoot, One(SampleRadio.Make(0, InterfaceTypes.AccessPoint)).Mode);
        Assert.Equal((RadioRole.Off, LinkMode.None), (One(SampleRadio.Make(0, InterfaceTypes.Monitor)).Role, One(SampleRadio.Make(0, InterfaceTypes.Monitor)).Mode));
    }

    [Fact]
    public void Plan_AdHocThatCannotBeSecured_IsNotUsed()
    {
        var plan = One(SampleRadio.Tree() with { Types = SampleRadio.Tree().Types | InterfaceTypes.AdHoc, HasSecureAdHoc = false });
        Assert.Equal(LinkMode.Tree, plan.Mode);
        Assert.Contains("no secured ad-hoc networks", plan.Reason, StringComparison.Ordinal);
        Assert.Equal(RadioRole.Off, One(SampleRadio.Make(0, InterfaceTypes.AdHoc) with { HasSecureAdHoc = false }).Role);
    }

    [Fact]
    public void Plan_NoUserPeering_SaysSo()
        => Assert.Contains("peering", One(SampleRadio.Mesh() with { HasUserPeering = false }).Reason, StringComparison.Ordinal);

    [Fact]
    public void Plan_AccessPointAndStationOnlyInSeparateCombinations_IsNoTree()
        => Assert.Equal(LinkMode.TreeStation, One(SampleRadio.Tree() with { Combinations = [new InterfaceCombination(2, 1, [new InterfaceLimit(1, InterfaceTypes.AccessPoint | InterfaceTypes.Station)])] }).Mode);

    [Fact]
    public void Plan_NoPassphraseOrName_IsOffWithTheRemedy()
    {
        var plan = One(SampleRadio.Mesh(), Wishes with { Passphrase = "" });
        Assert.Equal(RadioRole.Off, plan.Role);
        Assert.Contains("set mesh_passphrase", plan.Reason, StringComparison.Ordinal);
        Assert.Contains("set mesh_name", One(SampleRadio.Mesh(), Wishes with { MeshName = "" }).Reason, StringComparison.Ordinal);
        Assert.Contains("none of 8 to 63", One(SampleRadio.Mesh(), Wishes with { Passphrase = "short" }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_SwitchedOffOrBlocked_IsOffAndSaysWhy()
    {
        Assert.Contains("wifi = off", One(SampleRadio.Mesh(), Wishes with { IsOn = false }).Reason, StringComparison.Ordinal);
        Assert.Equal("rfkill", One(SampleRadio.Mesh() with { Blocked = "rfkill" }).Reason);
    }

    [Fact]
    public void Plan_TwoRadios_TheMeshOneLinksAndTheOtherServes()
    {
        var plans = WifiPlanner.Plan([SampleRadio.Tree(0), SampleRadio.Mesh(1)], WithPeople, []);
        Assert.Equal([RadioRole.Clients, RadioRole.Backhaul], plans.Select(p => p.Role));
        Assert.Equal(2437, plans[1].Frequency);
        Assert.NotEqual(2437, plans[0].Frequency);
        var spare = WifiPlanner.Plan([SampleRadio.Tree(0), SampleRadio.Mesh(1)], Wishes, [])[0];
        Assert.Equal(RadioRole.Off, spare.Role);
        Assert.Contains("wifi_client_name", spare.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_OneRadioAndPeopleWanted_LinksAndSaysWhatWasGivenUp()
        => Assert.Contains("no second radio", One(SampleRadio.Mesh(), WithPeople).Reason, StringComparison.Ordinal);

    [Fact]
    public void Plan_NoMeshPassphraseButPeople_StillServesThem()
        => Assert.Equal(RadioRole.Clients, One(SampleRadio.Mesh(), WithPeople with { Passphrase = "" }).Role);

    [Fact]
    public void Plan_Equals_PrefersTheCommonBandThenTheOneAtWork()
    {
        var five = SampleRadio.Mesh(0) with { Bands = [SampleRadio.Bands()[1]] };
        Assert.Equal([RadioRole.Off, RadioRole.Backhaul], WifiPlanner.Plan([five, SampleRadio.Mesh(1)], Wishes, []).Select(p => p.Role));
        RadioFacts[] same = [SampleRadio.Mesh(0), SampleRadio.Mesh(1)];
        var first = WifiPlanner.Plan(same, Wishes, []);
        Assert.Equal(RadioRole.Backhaul, first[0].Role);
        var atWork = first[0] with { RadioIndex = 1 };
        Assert.Equal([RadioRole.Off, RadioRole.Backhaul], WifiPlanner.Plan(same, Wishes, [], new Dictionary<int, RadioStanding> { [1] = new(atWork, false) }).Select(p => p.Role));
    }

    [Fact]
    public void Plan_FiveGigahertzOnlyRadio_TakesItsFirstOpenChannel()
        => Assert.Equal(5180, One(SampleRadio.Mesh() with { Bands = [SampleRadio.Bands()[1]] }).Frequency);

    [Fact]
    public void Plan_NoCountry_IsNoted() => Assert.Contains("no wifi_country", One(SampleRadio.Mesh(), Wishes with { Country = "" }).Reason, StringComparison.Ordinal);

    [Fact]
    public void Plan_SameFactsTwice_IsTheSame()
    {
        RadioFacts[] radios = [SampleRadio.Tree(0), SampleRadio.Mesh(1), SampleRadio.AdHoc(2)];
        Assert.Equal(WifiPlanner.Plan(radios, WithPeople, []), WifiPlanner.Plan(radios, WithPeople, []));
    }

    private static RadioPlan One(RadioFacts facts, WifiWishes? wishes = null) => WifiPlanner.Plan([facts], wishes ?? Wishes, [])[0];
}
