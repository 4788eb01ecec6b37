// Stations, paths, interfaces, rules and networks heard, whole and cut at every byte.
using Skywire.Testing;
using Skywire.Wifi.Kernel;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Tests.Kernel;

public sealed class ReaderTests
{
    private delegate bool Reader(ReadOnlySpan<byte> payload, out object? read);

    [Fact]
    public void Interface_MeshPoint_GivesItsFacts()
    {
        Assert.True(InterfaceReader.TryRead(Nl80211Vectors.Interface, out var radio, out var of));
        Assert.Equal(0, radio);
        Assert.Equal(new RadioInterface { Index = 5, Name = "wlan0", Type = InterfaceType.MeshPoint, MacAddress = "02:42:73:00:00:01", Frequency = 2437 }, of);
    }

    [Fact]
    public void Interface_DeviceWithoutOne_IsNone() => Assert.False(InterfaceReader.TryRead(Nl80211Vectors.DeviceWithoutInterface, out _, out _));

    [Fact]
    public void Station_Neighbour_GivesItsFacts()
    {
        Assert.True(StationReader.TryRead(Nl80211Vectors.Station, out var station));
        Assert.Equal(
            new Station
            {
                MacAddress = "02:42:73:00:00:02",
                Signal = -61,
                SignalAverage = -63,
                TransmitRate = 65_000_000,
                ReceiveRate = 5_500_000,
                ExpectedRate = 32_000_000,
                TransmitBytes = 5_000_000_000,
                ReceiveBytes = 70,
                TransmitPackets = 400,
                Retries = 30,
                Failed = 2,
                AirtimeMetric = 151,
                Inactive = TimeSpan.FromMilliseconds(120),
                Peering = PeeringState.Established,
                IsAuthorized = true,
                HasProtectedManagement = true,
            },
            station);
    }

    [Fact]
    public void Path_OverTwoHops_GivesItsFacts()
    {
        Assert.True(MeshPathReader.TryRead(Nl80211Vectors.MeshPath, out var path));
        Assert.Equal(new MeshPath { Destination = "02:42:73:00:00:03", NextHop = "02:42:73:00:00:02", Metric = 302, Hops = 2, IsActive = true }, path);
    }

    [Fact]
    public void Scan_Mesh_IsNamedByItsMesh() => Assert.Equal(
        new HeardNetwork { MacAddress = "02:42:73:00:00:02", Type = InterfaceType.MeshPoint, Name = "homemsh", Frequency = 2437, Signal = -62, IsSecured = true, Age = TimeSpan.FromMilliseconds(40) },
        Heard(Nl80211Vectors.HeardMesh));

    [Fact]
    public void Scan_AccessPointOfATree_TellsItsPlaceOfTheNewestBeacon() => Assert.Equal(
        new HeardNetwork
        {
            MacAddress = "02:42:73:00:00:09",
            Type = InterfaceType.AccessPoint,
            Name = "home",
            Frequency = 5180,
            Signal = -70,
            IsSecured = true,
            Tree = new TreeMark("02:42:73:00:00:01", 1, 3),
            Age = TimeSpan.FromMilliseconds(1500),
        },
        Heard(Nl80211Vectors.HeardTree));

    [Fact]
    public void Scan_Hidden_HasNoName() => Assert.Equal(
        new HeardNetwork { MacAddress = "02:42:73:00:00:0a", Type = InterfaceType.AccessPoint, Name = "", Frequency = 2412, Signal = -90 },
        Heard(Nl80211Vectors.HeardHidden));

    [Fact]
    public void Scan_NameThatMovesTheCursor_IsEscaped() => Assert.Equal(
        new HeardNetwork { MacAddress = "02:42:73:00:00:0b", Type = InterfaceType.AdHoc, Name = "a\\x1b[J\\xc3", Frequency = 2462, Signal = -50, IsSecured = true },
        Heard(Nl80211Vectors.HeardAdHoc));

    [Theory]
    [InlineData("café", "63 61 66 c3a9")]
    [InlineData("a b\\n", "61 20 62 5c 6e")]
    [InlineData("x\\xe2\\x80\\xaey", "78 e280ae 79")]
    [InlineData("\\xff\\xfe", "fffe")]
    [InlineData("\\xed\\xa0\\x80", "eda080")]
    [InlineData("\\x00a", "0061")]
    [InlineData("日本", "e697a5 e69cac")]
    [InlineData("", "")]
    [InlineData("", "000000")]
    public void NetworkName_Text_KeepsWhatCanBePrinted(string text, string hex) => Assert.Equal(text, NetworkName.Text(HexText.Bytes(hex)));

    [Theory]
    [InlineData("02736b01 02 024273000001", false)]
    [InlineData("02736b01 02 024273000001 05", true)]
    [InlineData("02736b01 02 024273000001 05 ff", true)]
    [InlineData("02736b02 02 024273000001 05", false)]
    [InlineData("0050f202 02 024273000001 05", false)]
    [InlineData("", false)]
    public void TreeMark_Read_TakesOurElementOnly(string hex, bool isOurs) =>
        Assert.Equal(isOurs ? new TreeMark("02:42:73:00:00:01", 2, 5) : null, TreeElement.Read(HexText.Bytes(hex)));

    [Theory]
    // An element longer than what is there ends the reading; what was before it counts.
    [InlineData("0002 6162 30ff 0100", "ab", false)]
    [InlineData("0002 6162 3002 0100", "ab", true)]
    [InlineData("0002 6162 dd04 0050f201", "ab", true)]
    [InlineData("7106 010001000000", "", false)]
    [InlineData("7105 0100010001", "", true)]
    [InlineData("0021 000000000000000000000000000000000000000000000000000000000000000061", "", false)]
    [InlineData("00", "", false)]
    public void Elements_Read_AsFarAsTheyAreWhole(string hex, string name, bool isSecured)
    {
        var elements = InformationElements.Read(HexText.Bytes(hex));
        Assert.Equal((name, isSecured), (elements.NetworkName, elements.IsSecured));
    }

    [Fact]
    public void Rules_MachinesAndARadiosOwn_AreApart()
    {
        var rules = new RegulatoryReader();
        Assert.Equal("00", rules.CountryOf(0));
        rules.Add(Nl80211Vectors.Rules);
        rules.Add(Nl80211Vectors.OwnRules);
        Assert.Equal("DE", rules.CountryOf(0));
        Assert.Equal("US", rules.CountryOf(4));
    }

    [Fact]
    public void EveryReader_CutAnywhere_NeverThrowsAndGivesLessThanTheWhole()
    {
        Cut(Nl80211Vectors.Interface, (ReadOnlySpan<byte> payload, out object? read) => Read(InterfaceReader.TryRead(payload, out _, out var of), of, out read), ((RadioInterface)Whole(Nl80211Vectors.Interface)) with { Frequency = 0 });
        Cut(Nl80211Vectors.Station, (ReadOnlySpan<byte> payload, out object? read) => Read(StationReader.TryRead(payload, out var of), of, out read), new Station { MacAddress = "02:42:73:00:00:02" });
        Cut(Nl80211Vectors.MeshPath, (ReadOnlySpan<byte> payload, out object? read) => Read(MeshPathReader.TryRead(payload, out var of), of, out read), new MeshPath { Destination = "02:42:73:00:00:03", NextHop = "" });
        foreach (var vector in new[] { Nl80211Vectors.HeardMesh, Nl80211Vectors.HeardTree, Nl80211Vectors.HeardHidden, Nl80211Vectors.HeardAdHoc })
        {
            // Everything of a network is in one attribute: cut, it is not there.
            for (var length = 0; length < vector.Length; length++)
            {
                Assert.False(ScanReader.TryRead(vector.AsSpan(0, length), out _));
            }
        }
    }

    // What is read of a part is the record of which the last attributes are still missing: the least of them is given.
    private static void Cut(byte[] vector, Reader reader, object least)
    {
        object? first = null;
        for (var length = 0; length < vector.Length; length++)
        {
            if (reader(vector.AsSpan(0, length), out var read))
            {
                first ??= read;
            }
        }

        Assert.Equal(least, first);
    }

    private static object Whole(byte[] vector)
    {
        Assert.True(InterfaceReader.TryRead(vector, out _, out var of));
        return of with { Type = InterfaceType.Unspecified, MacAddress = "" };
    }

    private static bool Read(bool isRead, object of, out object? read)
    {
        read = of;
        return isRead;
    }

    private static HeardNetwork Heard(byte[] vector)
    {
        Assert.True(ScanReader.TryRead(vector, out var network));
        return network;
    }
}
