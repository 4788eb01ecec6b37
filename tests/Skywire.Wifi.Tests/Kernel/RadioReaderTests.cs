using Skywire.Wifi.Kernel;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Tests.Kernel;

public sealed class RadioReaderTests
{
    private static readonly byte[][] Whole = [Nl80211Vectors.WiphyFirst, Nl80211Vectors.WiphySecond, Nl80211Vectors.WiphyThird];

    public static TheoryData<byte[]> Messages => [.. Whole, Nl80211Vectors.WiphyOffload];

    [Fact]
    public void Read_SplitDump_MergesOneRadio()
    {
        var radio = Assert.Single(RadioReader.Read(Whole));
        Assert.Equal((0, "phy0", "02:42:73:00:00:01"), (radio.Index, radio.Name, radio.MacAddress));
        Assert.Equal(InterfaceTypes.AdHoc | InterfaceTypes.Station | InterfaceTypes.AccessPoint | InterfaceTypes.MeshPoint, radio.Types);
        Assert.True(radio.HasSae);
        Assert.True(radio.HasUserPeering);
        Assert.Equal([("2.4 GHz", true, false), ("5 GHz", false, true)], radio.Bands.Select(band => (band.Name, band.IsHt, band.IsVht)));
        Assert.Equal(
            [
                new RadioChannel { Number = 1, Frequency = 2412, MaxPower = 20 },
                new RadioChannel { Number = 6, Frequency = 2437, MaxPower = 20 },
                new RadioChannel { Number = 13, Frequency = 2472, MaxPower = 20, IsNoInitiate = true },
                new RadioChannel { Number = 14, Frequency = 2484, MaxPower = 20, IsDisabled = true },
            ],
            radio.Bands[0].Channels);
        Assert.Equal(
            [
                new RadioChannel { Number = 184, Frequency = 4920, MaxPower = 23 },
                new RadioChannel { Number = 36, Frequency = 5180, MaxPower = 23 },
                new RadioChannel { Number = 52, Frequency = 5260, MaxPower = 23, IsNoInitiate = true, IsRadar = true },
            ],
            radio.Bands[1].Channels);
    }

    [Fact]
    public void Read_Combinations_SayWhatFitsTogether()
    {
        var combination = Assert.Single(Assert.Single(RadioReader.Read(Whole)).Combinations);
        Assert.Equal((2, 1), (combination.MaxInterfaces, combination.MaxChannels));
        Assert.Equal([new InterfaceLimit(2048, InterfaceTypes.Station), new InterfaceLimit(1, InterfaceTypes.AccessPoint | InterfaceTypes.MeshPoint)], combination.Limits);
        Assert.True(combination.Allows(InterfaceType.AccessPoint, InterfaceType.Station));
        Assert.False(combination.Allows(InterfaceType.AccessPoint, InterfaceType.MeshPoint));
    }

    [Fact]
    public void Read_TwoRadios_StayApart()
    {
        var radios = RadioReader.Read([Nl80211Vectors.WiphyOffload, .. Whole]);
        Assert.Equal([0, 4], radios.Select(radio => radio.Index));
        Assert.True(radios[1].HasSae);
        Assert.False(radios[1].HasUserPeering);
        Assert.Empty(radios[1].Bands);
        Assert.Equal(InterfaceTypes.Station | InterfaceTypes.AccessPoint | InterfaceTypes.PeerToPeerDevice, radios[1].Types);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Add_CutAnywhere_NeverThrowsAndNeverInvents(byte[] message)
    {
        var whole = Assert.Single(RadioReader.Read([message]));
        for (var length = 0; length < message.Length; length++)
        {
            foreach (var radio in RadioReader.Read([message[..length]]))
            {
                Assert.Equal(whole.Name, radio.Name);
                Assert.Equal(radio.Types, radio.Types & whole.Types);
                Assert.All(radio.Bands.SelectMany(band => band.Channels), channel => Assert.Contains(whole.Bands.SelectMany(band => band.Channels), other => other.Frequency == channel.Frequency));
            }
        }
    }

    [Theory]
    [InlineData(2412, 1)]
    [InlineData(2472, 13)]
    [InlineData(2484, 14)]
    [InlineData(5180, 36)]
    [InlineData(5885, 177)]
    [InlineData(5955, 1)]
    [InlineData(5935, 2)]
    [InlineData(58320, 0)]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    public void ChannelNumber_Of_IsTheStandards(int frequency, int number) => Assert.Equal(number, ChannelNumber.Of(frequency));
}
