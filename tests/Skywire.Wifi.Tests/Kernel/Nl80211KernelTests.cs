using Skywire.Linux.Netlink;
using Skywire.Testing;
using Skywire.Wifi.Kernel;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Tests.Kernel;

public sealed class Nl80211KernelTests : TestBase
{
    private const ushort GetLink = 18;
    private const ushort SetLink = 16;

    // wlan0, index 5: up, no carrier.
    private static readonly byte[] Wlan0Up = HexText.Bytes("00 00 0100 05000000 03100000 00000000 0a00 0300 776c616e3000 0000");
    private static readonly byte[] Wlan0Down = HexText.Bytes("00 00 0100 05000000 02100000 00000000 0a00 0300 776c616e3000 0000");

    private readonly SimulatedKernel _simulated = new();
    private readonly VirtualTime _time = new();
    private readonly TempFolder _folder = new();
    private readonly Nl80211Kernel _kernel;

    public Nl80211KernelTests()
    {
        _kernel = new Nl80211Kernel(_time, _folder.Path, _simulated.Open);
        _simulated.Radios[Nl80211.Command.GetWiphy] = _ => Reply.With(Nl80211Vectors.WiphyFirst, Nl80211Vectors.WiphyOffload, Nl80211Vectors.WiphySecond, Nl80211Vectors.WiphyThird);
        _simulated.Radios[Nl80211.Command.GetInterface] = _ => Reply.With(Nl80211Vectors.Interface);
        _simulated.Radios[Nl80211.Command.GetReg] = _ => Reply.With(Nl80211Vectors.Rules, Nl80211Vectors.OwnRules);
        _simulated.Radios[Nl80211.Command.GetScan] = _ => Reply.With(Nl80211Vectors.HeardHidden, Nl80211Vectors.HeardMesh, Nl80211Vectors.HeardMesh);
        _simulated.Radios[Nl80211.Command.TriggerScan] = _ => Reply.Done;
        _simulated.Links[GetLink] = _ => Reply.With(Wlan0Up);
        _simulated.Links[SetLink] = _ => Reply.Done;
    }

    [Fact]
    public void Radios_NoFamily_IsEmpty()
    {
        _simulated.HasRadios = false;
        Assert.Empty(_kernel.Radios());
        // Nobody tells when the module comes: it is looked for again.
        _simulated.HasRadios = true;
        Assert.Equal(2, _kernel.Radios().Count);
    }

    [Fact]
    public void Radios_TwoOfThem_HaveAllFacts()
    {
        Directory.CreateDirectory(_folder.File("class/ieee80211/phy0/device"));
        Directory.CreateSymbolicLink(_folder.File("class/ieee80211/phy0/device/driver"), "../../../../bus/usb/drivers/ath9k_htc");
        Switch("rfkill0", "bluetooth", "phy0", soft: true, hard: true);
        Switch("rfkill1", "wlan", "phy0", soft: true, hard: false);
        var radios = _kernel.Radios();
        Assert.Equal([("phy0", "ath9k_htc", "DE"), ("radio4", "", "US")], radios.Select(radio => (radio.Name, radio.Driver, radio.Country)));
        Assert.Contains("rfkill unblock 1", radios[0].Blocked, StringComparison.Ordinal);
        Assert.Equal("", radios[1].Blocked);
        var one = Assert.Single(radios[0].Interfaces);
        Assert.Equal((5, "wlan0", true, false), (one.Index, one.Name, one.IsUp, one.HasCarrier));
        Assert.Empty(radios[1].Interfaces);
        // NL80211_ATTR_SPLIT_WIPHY_DUMP.
        Assert.Equal(HexText.Bytes("0400 ae00"), _simulated.Asked.First(asked => asked.Command == Nl80211.Command.GetWiphy).Payload);
    }

    [Fact]
    public void Radios_SwitchOfARenamedRadio_IsFoundByItsLink()
    {
        Switch("rfkill3", "wlan", "phy9", soft: false, hard: true);
        Directory.CreateSymbolicLink(_folder.File("class/rfkill/rfkill3/device"), "../../phy0");
        Assert.Contains("switch of the board", _kernel.Radios()[0].Blocked, StringComparison.Ordinal);
    }

    [Fact]
    public void StationsAndPaths_OfAnInterface_AreListed()
    {
        _simulated.Radios[Nl80211.Command.GetStation] = _ => Reply.With(Nl80211Vectors.Station, [1]);
        _simulated.Radios[Nl80211.Command.GetMpath] = _ => Reply.With(Nl80211Vectors.MeshPath);
        Assert.Equal("02:42:73:00:00:02", Assert.Single(_kernel.Stations(5)).MacAddress);
        Assert.Equal("02:42:73:00:00:03", Assert.Single(_kernel.Paths(5)).Destination);
        Assert.All(_simulated.Asked, asked => Assert.Equal(HexText.Bytes("0800 0300 05000000"), asked.Payload));
    }

    [Fact]
    public void Orders_AreTheKernelsBytes()
    {
        foreach (var command in new[] { Nl80211.Command.ReqSetReg, Nl80211.Command.SetInterface, Nl80211.Command.DelInterface, Nl80211.Command.SetPowerSave, Nl80211.Command.SetMeshConfig })
        {
            _simulated.Radios[command] = _ => Reply.Done;
        }

        _simulated.Radios[Nl80211.Command.NewInterface] = _ => Reply.With(Nl80211Vectors.Interface);
        _kernel.SetCountry("DE");
        Assert.Equal(5, _kernel.AddInterface(0, "wlan0ap", InterfaceType.AccessPoint));
        _kernel.SetType(5, InterfaceType.MeshPoint);
        _kernel.DeleteInterface(5);
        _kernel.SetPowerSave(5, false);
        _kernel.SetMesh(5, new MeshParameters { IsRoot = true, IsGate = true });
        _kernel.SetUp(5, true);
        Assert.Equal(
            [
                Order(27, "0700 2100 444500 00   0800 9a00 00000000"),
                Order(7, "0800 0100 00000000   0c00 0400 776c616e30617000   0800 0500 03000000"),
                Order(6, "0800 0300 05000000   0800 0500 07000000"),
                Order(8, "0800 0300 05000000"),
                Order(61, "0800 0300 05000000   0800 5d00 00000000"),
                // Root mode RANN (4), gate announcements, forwarding, -80 dBm.
                Order(29, "0800 0300 05000000   2400 2380   0500 0e00 04000000   0500 1100 01000000   0500 1300 01000000   0800 1400 b0ffffff"),
                Order(16, "00 00 0000 05000000 01000000 01000000"),
            ],
            _simulated.Asked.Select(asked => $"{asked.Command}: {Convert.ToHexStringLower(asked.Payload)}"));
    }

    [Theory]
    [InlineData("de")]
    [InlineData("DEU")]
    [InlineData("")]
    public void SetCountry_NoCountry_IsNotAsked(string country)
    {
        Assert.Equal(ErrorNumber.Invalid, Assert.Throws<RadioException>(() => _kernel.SetCountry(country)).ErrorCode);
        Assert.Empty(_simulated.Asked);
    }

    [Theory]
    [InlineData(ErrorNumber.NoDevice, "", "interface 5 was not made a mesh point: the interface or radio is gone")]
    [InlineData(ErrorNumber.Invalid, "", "interface 5 was not made a mesh point: the radio cannot be a mesh point")]
    [InlineData(ErrorNumber.Invalid, "wrong type", "interface 5 was not made a mesh point: the radio cannot be a mesh point (kernel: wrong type)")]
    [InlineData(ErrorNumber.SwitchedOff, "", "interface 5 was not made a mesh point: the radio is switched off (rfkill)")]
    public void SetType_Refused_SaysWhyInWords(int error, string text, string words)
    {
        _simulated.Radios[Nl80211.Command.SetInterface] = _ => Reply.Refused(error, text);
        var e = Assert.Throws<RadioException>(() => _kernel.SetType(5, InterfaceType.MeshPoint));
        Assert.StartsWith(words, e.Message, StringComparison.Ordinal);
        Assert.Equal(error, e.ErrorCode);
    }

    [Fact]
    public void SetPowerSave_NotSupported_IsIgnoredAndNothingElse()
    {
        _simulated.Radios[Nl80211.Command.SetPowerSave] = _ => Reply.Refused(ErrorNumber.NotSupported);
        _kernel.SetPowerSave(5, false);
        Assert.Single(_simulated.Asked);
        _simulated.Radios[Nl80211.Command.SetPowerSave] = _ => Reply.Refused(ErrorNumber.NoDevice);
        Assert.Throws<RadioException>(() => _kernel.SetPowerSave(5, false));
    }

    [Fact]
    public void SetUp_NoRights_SaysSo()
    {
        _simulated.Links[SetLink] = _ => Reply.Refused(ErrorNumber.NotPermitted);
        Assert.Contains("CAP_NET_ADMIN", Assert.Throws<RadioException>(() => _kernel.SetUp(5, true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Orders_NoFamily_AreRefused()
    {
        _simulated.HasRadios = false;
        Assert.Contains("no radio", Assert.Throws<RadioException>(() => _kernel.SetType(5, InterfaceType.MeshPoint)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_Ends_GivesWhatWasHeardStrongestFirst()
    {
        var scan = _kernel.ScanAsync(5, Deadline);
        Assert.False(scan.IsCompleted);
        Assert.Equal(HexText.Bytes("0800 0300 05000000"), _simulated.Asked[^1].Payload);
        // Another radio's scan is none of ours.
        Told(Nl80211.Command.NewScanResults, 1);
        Told(Nl80211.Command.NewScanResults, 0);
        var heard = await scan.WaitAsync(Deadline);
        Assert.Equal(["homemsh", ""], heard.Select(network => network.Name));
        Assert.DoesNotContain(_simulated.Asked, asked => asked.Command == SetLink);
    }

    [Fact]
    public async Task Scan_InterfaceDown_IsSwitchedOnAndOff()
    {
        _simulated.Links[GetLink] = _ => Reply.With(Wlan0Down);
        var scan = _kernel.ScanAsync(5, Deadline);
        Told(Nl80211.Command.ScanAborted, 0);
        await scan.WaitAsync(Deadline);
        Assert.Equal(
            [HexText.Bytes("00 00 0000 05000000 01000000 01000000"), HexText.Bytes("00 00 0000 05000000 00000000 01000000")],
            _simulated.Asked.Where(asked => asked.Command == SetLink).Select(asked => asked.Payload));
    }

    [Fact]
    public async Task Scan_AnotherUnderWay_WaitsForIt()
    {
        _simulated.Radios[Nl80211.Command.TriggerScan] = _ => Reply.Refused(ErrorNumber.Busy);
        var scan = _kernel.ScanAsync(5, Deadline);
        Assert.False(scan.IsCompleted);
        Told(Nl80211.Command.NewScanResults, 0);
        Assert.Equal(2, (await scan.WaitAsync(Deadline)).Count);
    }

    [Fact]
    public async Task Scan_TypeThatCannot_GivesWhatOthersHeard()
    {
        _simulated.Radios[Nl80211.Command.TriggerScan] = _ => Reply.Refused(ErrorNumber.NotSupported);
        Assert.Equal(2, (await _kernel.ScanAsync(5, Deadline)).Count);
    }

    [Fact]
    public async Task Scan_EventsLost_LooksAtOnce()
    {
        var scan = _kernel.ScanAsync(5, Deadline);
        _simulated.Lose(NetlinkSocket.Generic, SimulatedKernel.ScanGroup);
        Assert.Equal(2, (await scan.WaitAsync(Deadline)).Count);
    }

    [Theory]
    [InlineData(0, ErrorNumber.TimedOut)]
    [InlineData(ErrorNumber.Busy, ErrorNumber.Busy)]
    public async Task Scan_NeverEnds_IsGivenUp(int refusal, int error)
    {
        _simulated.Radios[Nl80211.Command.TriggerScan] = _ => new Reply([], refusal);
        var scan = _kernel.ScanAsync(5, Deadline);
        _time.Advance(Nl80211Kernel.ScanLimit - TimeSpan.FromTicks(1));
        Assert.False(scan.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(error, (await Assert.ThrowsAsync<RadioException>(() => scan.WaitAsync(Deadline))).ErrorCode);
    }

    [Fact]
    public async Task Scan_Cancelled_SwitchesBack()
    {
        _simulated.Links[GetLink] = _ => Reply.With(Wlan0Down);
        using var cancelled = new CancellationTokenSource();
        var scan = _kernel.ScanAsync(5, cancelled.Token);
        cancelled.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scan.WaitAsync(Deadline));
        Assert.Equal(2, _simulated.Asked.Count(asked => asked.Command == SetLink));
    }

    [Fact]
    public async Task Scan_InterfaceGone_SaysSo()
    {
        _simulated.Radios[Nl80211.Command.GetInterface] = _ => Reply.Refused(ErrorNumber.NoDevice);
        Assert.Equal(ErrorNumber.NoDevice, (await Assert.ThrowsAsync<RadioException>(() => _kernel.ScanAsync(5, Deadline))).ErrorCode);
    }

    [Fact]
    public async Task Changed_StationOrLink_IsRaisedAndNotForBeaconsOverheard()
    {
        using var raised = new SemaphoreSlim(0);
        _kernel.Changed += () => raised.Release();
        Told(Nl80211.Command.NewPeerCandidate, 0, SimulatedKernel.MlmeGroup);
        Told(19, 0, SimulatedKernel.MlmeGroup);
        await raised.WaitAsync(Deadline);
        _simulated.Tell(NetlinkSocket.Route, NetworkLinks.Group, NetworkLinks.NewLink, Wlan0Up);
        await raised.WaitAsync(Deadline);
        _kernel.Dispose();
        Assert.Equal(0, raised.CurrentCount);
    }

    [Fact]
    public async Task Changed_ModuleComes_IsRaisedAndItsEventsAreHeard()
    {
        _simulated.HasRadios = false;
        using var raised = new SemaphoreSlim(0);
        _kernel.Changed += () => raised.Release();
        Assert.Empty(_kernel.Radios());
        Assert.Empty(_kernel.Radios());
        // Asked once: who listens is told.
        Assert.Equal(1, _simulated.Lookups);
        _simulated.HasRadios = true;
        _simulated.Tell(NetlinkSocket.Generic, SimulatedKernel.FamiliesGroup, GenericNetlink.Controller, SimulatedKernel.Family);
        await raised.WaitAsync(Deadline);
        Assert.Equal(2, _kernel.Radios().Count);
        Told(19, 0, SimulatedKernel.MlmeGroup);
        await raised.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Dispose_WhileScanning_EndsIt()
    {
        var scan = _kernel.ScanAsync(5, Deadline);
        _kernel.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => scan.WaitAsync(Deadline));
        Assert.Throws<ObjectDisposedException>(() => _kernel.Radios());
    }

    protected override void Dispose(bool disposing)
    {
        _kernel.Dispose();
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private static string Order(int command, string payload) => $"{command}: {Convert.ToHexStringLower(HexText.Bytes(payload))}";

    private void Told(byte command, uint radio, uint group = SimulatedKernel.ScanGroup) => _simulated.Tell(
        NetlinkSocket.Generic,
        group,
        SimulatedKernel.FamilyId,
        new NetlinkWriter(0).Raw([command, 1, 0, 0]).UInt32(Nl80211.Attribute.Wiphy, radio).ToMessage(NetlinkFlags.None, 0)[NetlinkMessage.HeaderSize..]);

    private void Switch(string name, string type, string radio, bool soft, bool hard)
    {
        _folder.Write($"class/rfkill/{name}/type", type + "\n");
        _folder.Write($"class/rfkill/{name}/name", radio + "\n");
        _folder.Write($"class/rfkill/{name}/soft", soft ? "1\n" : "0\n");
        _folder.Write($"class/rfkill/{name}/hard", hard ? "1\n" : "0\n");
    }
}
