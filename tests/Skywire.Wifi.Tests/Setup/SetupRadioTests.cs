using Skywire.Wifi.Radios;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupRadioTests
{
    [Fact]
    public void Choose_Several_TakesTheFirstThatCan() => Assert.Equal(
        new SetupRadio(2, 2437, "Skyminer-setup-A1B2"),
        SetupRadio.Choose([SetupSamples.Radio(3), SetupSamples.Radio(1, InterfaceTypes.MeshPoint), SetupSamples.Radio(0) with { Blocked = "rfkill" }, SetupSamples.Radio(2)]));

    [Fact]
    public void Choose_FiveGigahertzFirst_Prefers24()
        => Assert.Equal((1, 2412), Of(SetupSamples.Radio(0, InterfaceTypes.AccessPoint, ("5 GHz", 5180, true)), SetupSamples.Radio(1, InterfaceTypes.AccessPoint, ("2.4 GHz", 2412, true), ("2.4 GHz", 2437, false))));

    [Fact]
    public void Choose_OnlyFiveGigahertz_TakesItsLowest() => Assert.Equal((0, 5180), Of(SetupSamples.Radio(0, InterfaceTypes.AccessPoint, ("2.4 GHz", 2412, false), ("5 GHz", 5200, true), ("5 GHz", 5180, true))));

    [Fact]
    public void Choose_NoOpenChannel_IsNone() => Assert.Null(SetupRadio.Choose([SetupSamples.Radio(0, InterfaceTypes.AccessPoint, ("2.4 GHz", 2412, false))]));

    [Fact]
    public void Choose_NoAddress_NamesByIndex() => Assert.Equal("Skyminer-setup-0007", SetupRadio.Choose([SetupSamples.Radio(7) with { MacAddress = "" }])!.NetworkName);

    private static (int, int) Of(params RadioFacts[] radios) => SetupRadio.Choose(radios) is { } chosen ? (chosen.RadioIndex, chosen.Frequency) : default;
}
