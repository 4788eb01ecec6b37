using Skywire.Testing;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Tests.Setup;

public sealed class WireCarrierTests : IDisposable
{
    private readonly TempFolder _net = new();

    public void Dispose() => _net.Dispose();

    [Theory]
    [InlineData("device/x=,type=1,carrier=1", true)]
    [InlineData("device/x=,type=1,carrier=0", false)]
    [InlineData("device/x=,type=1", false)] // down: the kernel refuses
    [InlineData("type=1,carrier=1", false)] // a bridge
    [InlineData("device/x=,type=1,carrier=1,phy80211/x=", false)]
    [InlineData("device/x=,type=280,carrier=1", false)] // CAN
    public void HasWire_Interface_CountsOnlyAsWire(string files, bool expected)
    {
        Add("eth0", files);
        Assert.Equal(expected, new WireCarrier([], _net.Path).HasWire());
        Assert.False(new WireCarrier(["eth0"], _net.Path).HasWire());
    }

    [Fact]
    public void HasWire_Several_OneIsEnough()
    {
        Add("lo", "type=772,carrier=1");
        Add("eth0", "device/x=,type=1,carrier=0");
        Add("eth1", "device/x=,type=1,carrier=1");
        Assert.True(new WireCarrier([], _net.Path).HasWire());
        Assert.False(new WireCarrier(["eth1"], _net.Path).HasWire());
    }

    [Fact]
    public void HasWire_NoFolder_IsFalse() => Assert.False(new WireCarrier([], _net.File("none")).HasWire());

    private void Add(string name, string files)
    {
        foreach (var file in files.Split(','))
        {
            _net.Write($"{name}/{file.Split('=')[0]}", file.Split('=')[1] + "\n");
        }
    }
}
