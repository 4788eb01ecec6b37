using System.Text.Json;
using Skywire.Boards.Settings;
using Skywire.Linux;
using Skywire.Testing;
using Skywire.Visor.Commands;
using Skywire.Visor.Tests.Wifi;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Tests.Commands;

public sealed class WifiCommandTests : TestBase
{
    private readonly TempFolder _folder = new();

    private static string Record(string chip) => Path.GetFullPath(Path.Combine(Vectors.Folder, "..", "..", "board-support", "radios", chip + ".json"));

    [Theory]
    [InlineData("status")]
    [InlineData("neighbours")]
    [InlineData("scan")]
    [InlineData("plan")]
    [InlineData("record")]
    [InlineData("join")]
    [InlineData("leave")]
    [InlineData("run")]
    public async Task Help_EachVerb_HasDescriptionAndExamples(string verb)
    {
        var run = await RunAsync("wifi", verb, "--help");
        Assert.Equal(0, run.Code);
        Assert.Contains("Examples:\n  skywire wifi " + verb, run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("joined", 0)]
    [InlineData("weak", 0)]
    [InlineData("searching", 1)]
    [InlineData("off", 1)]
    [InlineData("no_radio", 1)]
    [InlineData("setup", 1)]
    public async Task Status_State_DecidesTheExitCode(string state, int code)
    {
        Put(SampleAir.Report with { State = state });
        var text = await RunAsync("wifi", "status");
        Assert.Equal((code, ""), (text.Code, text.Error));
        Assert.StartsWith($"State       {state}: linked to 2 boards\n", text.Out, StringComparison.Ordinal);
        Assert.Contains("2, the best at -52 dBm", text.Out, StringComparison.Ordinal);
        Assert.Contains("6 (2437 MHz)", text.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await RunAsync("wifi", "status", "--json")).Out);
        Assert.True(json.RootElement.GetProperty("is_running").GetBoolean());
        Assert.Equal("phy1", json.RootElement.GetProperty("radios")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Any_NoService_Exits4WithRemedy()
    {
        foreach (var verb in (string[])["status", "neighbours", "scan", "plan", "leave"])
        {
            var run = await RunAsync("wifi", verb);
            Assert.Equal((4, ""), (run.Code, run.Out));
            Assert.StartsWith($"skywire: no wifi service reports in {_folder.Path}\n  \"systemctl status skyminer-wifi\"", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Any_StaleReport_IsShownWithSinceWhenAndExits4()
    {
        Put(SampleAir.Report, age: 95);
        foreach (var verb in (string[])["status", "neighbours", "plan"])
        {
            var run = await RunAsync("wifi", verb);
            Assert.Equal(4, run.Code);
            Assert.NotEmpty(run.Out);
            Assert.Matches(@"the wifi service does not run: its last report is from \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, 1m3\ds ago", run.Error);
        }

        using var json = JsonDocument.Parse((await RunAsync("wifi", "status", "--json")).Out);
        Assert.False(json.RootElement.GetProperty("is_running").GetBoolean());
        // Nobody would carry an order out.
        Assert.Equal(4, (await RunAsync("wifi", "scan")).Code);
        Assert.Equal(4, (await RunAsync("wifi", "leave")).Code);
        Assert.Equal(["status.json"], Directory.GetFiles(_folder.Path).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public async Task Neighbours_Report_ShowsSignalNowAndBeforeAndPaths()
    {
        Put(SampleAir.Report);
        var text = await RunAsync("wifi", "neighbours");
        Assert.Matches(@"02:00:00:00:00:02 +phy1 +▮▮▮▮▯ -52 dBm +[▁▂▃▄▅▆▇█]{18} +65\.0 Mbit/s +58\.5 Mbit/s +3\.2 % +established +yes", text.Out);
        Assert.Matches(@"02:00:00:00:00:04 +02:00:00:00:00:02 +phy1 +2 +395 +active", text.Out);
        Assert.Matches(@"02:00:00:00:00:02 +directly", text.Out);
        using var json = JsonDocument.Parse((await RunAsync("wifi", "neighbours", "--json")).Out);
        Assert.Equal(-83, json.RootElement[0].GetProperty("neighbours")[1].GetProperty("signal").GetInt32());
        Assert.Equal(0, json.RootElement[1].GetProperty("neighbours").GetArrayLength());
    }

    [Fact]
    public async Task Plan_Report_ShowsReasons()
    {
        Put(SampleAir.Report);
        Assert.Contains("phy1 links boards better; one backhaul is enough on one band", (await RunAsync("wifi", "plan")).Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await RunAsync("wifi", "plan", "--json")).Out);
        Assert.Equal(("mesh", 2437), (json.RootElement[0].GetProperty("mode").GetString(), json.RootElement[0].GetProperty("frequency").GetInt32()));
    }

    [Fact]
    public async Task Plan_RecordedRadios_NeedsNoService()
    {
        var text = await RunAsync("wifi", "plan", "--facts", Record("brcmfmac43455"), "--facts", Record("rt2800usb"), "--country", "de");
        Assert.Equal((0, ""), (text.Code, text.Error));
        Assert.Matches(@"brcmfmac43455 +clients +none +1 \(2412 MHz\) +access point for people's devices", text.Out);
        Assert.Matches(@"rt2800usb +backhaul +mesh +6 \(2437 MHz\) +802\.11s with SAE", text.Out);
        using var json = JsonDocument.Parse((await RunAsync("wifi", "plan", "--facts", Record("rtl8723bs"), "--json")).Out);
        Assert.Equal(("rtl8723bs", "tree_station", 6), (json.RootElement[0].GetProperty("radio").GetString(), json.RootElement[0].GetProperty("mode").GetString(), json.RootElement[0].GetProperty("channel").GetInt32()));
        Assert.Contains("only what is allowed everywhere", json.RootElement[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_WrongRecordOrOptions_SaysWhatIsWrong()
    {
        _folder.Write("x.json", "{\"chip\": 7}");
        var bad = await RunAsync("wifi", "plan", "--facts", _folder.File("x.json"));
        Assert.Equal((1, ""), (bad.Code, bad.Out));
        Assert.StartsWith($"skywire: {_folder.File("x.json")}: ", bad.Error, StringComparison.Ordinal);
        Assert.Contains("\"skywire wifi record\" makes such files", bad.Error, StringComparison.Ordinal);
        _folder.Write("long.json", new string(' ', (1 << 20) + 1));
        Assert.Contains("is larger than any record of a radio", (await RunAsync("wifi", "plan", "--facts", _folder.File("long.json"))).Error, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("wifi", "plan", "--facts", _folder.File("none.json"))).Code);
        Assert.Equal(2, (await RunAsync("wifi", "plan", "--facts", Record("hwsim"), "--country", "Germany")).Code);
        Assert.Contains("--country is for --facts", (await RunAsync("wifi", "plan", "--country", "DE")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_WhichRadio_IsSaidOrAlone()
    {
        RadioFacts one = RadioData.Parse(File.ReadAllBytes(Record("hwsim")), "hwsim").Facts("DE", 0), two = one with { Index = 1, Name = "phy1", Driver = "" };
        Assert.Same(one, WifiRecordCommand.One([one], null));
        Assert.Same(two, WifiRecordCommand.One([one, two], "phy1"));
        Assert.Equal("name one of phy0 (mac80211_hwsim), phy1", Assert.Throws<CliException>(() => WifiRecordCommand.One([one, two], null)).Remedy);
        Assert.Equal("there is no radio phy2", Assert.Throws<CliException>(() => WifiRecordCommand.One([one, two], "phy2")).Message);
        Assert.Equal("this machine has no radio", Assert.Throws<CliException>(() => WifiRecordCommand.One([], "phy0")).Message);
    }

    [Fact]
    public async Task Record_ChipThatIsNoFileName_IsRefused() => Assert.Equal(2, (await RunAsync("wifi", "record", "--chip", "../x")).Code);

    [Fact]
    public async Task Scan_ServiceListens_PrintsWhatIsNew()
    {
        Put(SampleAir.Report);
        var running = RunAsync("wifi", "scan");
        await AppearsAsync("scan-order");
        Put(SampleAir.Report with { HeardAt = TimeProvider.System.GetUtcNow(), Heard = [new HeardReport(SampleAir.Barn, "\u001b[2Jforeign", "access_point", 1, -70, true, false)] });
        var run = await running;
        Assert.Equal((0, "listening on all channels\n"), (run.Code, run.Error));
        Assert.Contains("?[2Jforeign", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_OrderCarriedOut_EndsWithTheNewState()
    {
        Put(SampleAir.Report with { MeshName = "old" });
        var running = RunAsync("wifi", "join", "home", "--country", "de", "--channel", "11", "--passphrase-file", _folder.Write("passphrase", "correct horse\nmore\n"));
        await AppearsAsync("settings-order");
        Assert.Equal("wifi=auto\nmesh_name=home\nmesh_passphrase=correct horse\nwifi_country=DE\nwifi_channel=11\n", _folder.Read("settings-order"));
        File.Delete(_folder.File("settings-order"));
        Put(SampleAir.Report);
        var run = await running;
        Assert.Equal((0, "joined: linked to 2 boards\n"), (run.Code, run.Out));
        Assert.DoesNotContain("horse", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_OrderRefused_SaysWhyAtOnce()
    {
        Put(SampleAir.Report with { MeshName = "old" });
        // Of an order before.
        _folder.Write("settings-answer", """{"ok":false,"mistakes":[{"line":1,"key":"name","cause":"is old","remedy":""}]}""");
        var running = RunAsync("wifi", "join", "home", "--passphrase-file", _folder.Write("passphrase", "correct horse\n"));
        await AppearsAsync("settings-order");
        File.Delete(_folder.File("settings-order"));
        AtomicFile.Write(_folder.File("settings-answer"), """{"ok":false,"mistakes":[{"line":1,"key":"mesh_name","cause":"may not be set this way","remedy":"change it in the file on the card"}]}"""u8, AtomicFile.Private);
        var run = await running;
        Assert.Equal(3, run.Code);
        Assert.EndsWith("skywire: mesh_name may not be set this way\n  change it in the file on the card\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leave_NoWait_OrdersAndReturns()
    {
        Put(SampleAir.Report);
        Assert.Equal(0, (await RunAsync("wifi", "leave", "--no-wait")).Code);
        Assert.Equal("wifi=off\n", _folder.Read("settings-order"));
    }

    [Theory]
    [InlineData("a mesh's name", "join", "bad name")]
    [InlineData("a mesh's name", "join", "")]
    [InlineData("is no country", "join", "home", "--country", "Germany")]
    [InlineData("is no channel", "join", "home", "--channel", "15")]
    [InlineData("the passphrase has 5 characters, not 8 to 63", "join", "home", "--passphrase-file", "SHORT")]
    public async Task Join_WrongValue_Exits2AndOrdersNothing(string cause, params string[] args)
    {
        Put(SampleAir.Report);
        var run = await RunAsync(["wifi", .. args.Select(a => a == "SHORT" ? _folder.Write("short", "short\n") : a)]);
        Assert.Equal(2, run.Code);
        Assert.Contains(cause, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("settings-order")));
    }

    // What a command line takes, the card's settings must take too.
    [Theory]
    [InlineData("home", "DE", "correct horse")]
    [InlineData("a.b-c_d", "us", "12345678")]
    [InlineData("bad name", "DEU", "short")]
    [InlineData("123456789012345678901234567890123", "1", "1234567890123456789012345678901234567890123456789012345678901234")]
    public void MeshRules_Values_AreJudgedAsInTheSettings(string name, string country, string passphrase)
    {
        Assert.Equal(Mistakes($"mesh_name = {name}"), MeshRules.Name(name) is not null);
        Assert.Equal(Mistakes($"wifi_country = {country}"), MeshRules.Country(country) is not null);
        Assert.Equal(Mistakes($"mesh_passphrase = {passphrase}"), MeshRules.Passphrase(passphrase) is not null);

        static bool Mistakes(string text) => SettingsReader.Read(System.Text.Encoding.UTF8.GetBytes(text)).Mistakes.Count > 0;
    }

    [Theory]
    [InlineData(-30, "▮▮▮▮▮ -30 dBm")]
    [InlineData(-65, "▮▮▮▯▯ -65 dBm")]
    [InlineData(-99, "▯▯▯▯▯ -99 dBm")]
    [InlineData(0, "-")]
    public void SignalText_Bar_GrowsWithTheSignal(int signal, string bar) => Assert.Equal(bar, SignalText.Bar(signal));

    [Fact]
    public void SignalText_Spark_LeavesGapsAndEndsWithTheNewest() => Assert.Equal("▁ █", SignalText.Spark([-95, 0, -30]));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _folder.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Put(WifiReport report, double age = 0) => new WifiReportFile(_folder.Path, TimeProvider.System).Write(report with { At = TimeProvider.System.GetUtcNow().AddSeconds(-age) });

    private async Task AppearsAsync(string name)
    {
        using var watcher = new FileSystemWatcher(_folder.Path, name);
        var seen = new TaskCompletionSource();
        watcher.Renamed += (_, _) => seen.TrySetResult();
        watcher.Created += (_, _) => seen.TrySetResult();
        watcher.EnableRaisingEvents = true;
        if (!File.Exists(_folder.File(name)))
        {
            await seen.Task.WaitAsync(Deadline);
        }
    }

    private async Task<(int Code, string Out, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLineProgram.RunAsync(args.Contains("--help") ? args : [.. args, "--run", _folder.Path], new CliOutput(output, error, isTerminal: false));
        return (code, output.ToString(), error.ToString());
    }
}
