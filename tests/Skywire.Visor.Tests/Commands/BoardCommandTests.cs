using System.Text.Json;
using Skywire.Boards.Settings;
using Skywire.Testing;
using Skywire.Visor.Commands;
using Skywire.Visor.Config;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Tests.Commands;

public sealed class BoardCommandTests : TestBase
{
    private readonly Skywire.Testing.TempFolder _folder = new();

    [Theory]
    [InlineData("")]
    [InlineData("status")]
    [InlineData("run")]
    [InlineData("show")]
    [InlineData("leds")]
    [InlineData("settings")]
    [InlineData("settings apply")]
    [InlineData("settings set")]
    [InlineData("settings check")]
    [InlineData("settings sample")]
    [InlineData("settings forget")]
    [InlineData("clock restore")]
    [InlineData("clock save")]
    [InlineData("clock wait")]
    [InlineData("clock web")]
    public async Task Help_EachVerb_HasDescriptionAndExamples(string verb)
    {
        var run = await RunAsync([.. $"board {verb} --help".Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(0, run.Code);
        if (verb.Length > 0 && verb != "settings")
        {
            Assert.Contains("Examples:\n  skywire board " + verb, run.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SettingsCheck_Mistakes_AreAllNamedAndExit3()
    {
        var file = _folder.Write("skyminer.conf", "netwrok = dhcp\ndns = x\n");
        var run = await RunAsync("board", "settings", "check", file);
        Assert.Equal(3, run.Code);
        Assert.Equal("skywire: line 1: unknown key \"netwrok\"\n  did you mean \"network\"?\nskywire: line 2: dns holds \"x\", which is no address\n  expected addresses, for example: dns = 192.168.1.1, 9.9.9.9\n", run.Error);
        using var json = JsonDocument.Parse((await RunAsync("board", "settings", "check", file, "--json")).Out);
        Assert.Equal(2, json.RootElement.GetProperty("mistakes").GetArrayLength());
        Assert.Equal(1, json.RootElement.GetProperty("mistakes")[0].GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task SettingsSample_ItsOutput_IsGood()
    {
        var sample = await RunAsync("board", "settings", "sample");
        Assert.Equal(0, sample.Code);
        Assert.Equal(0, (await RunAsync("board", "settings", "check", _folder.Write("skyminer.conf", sample.Out))).Code);
    }

    [Fact]
    public async Task SettingsCheck_NoFile_Fails() => Assert.Equal(1, (await RunAsync("board", "settings", "check", _folder.File("none"))).Code);

    // The visor must take what the settings make, or the board stays dark.
    [Theory]
    [InlineData("services = public")]
    [InlineData("services = custom\ndmsg_discovery = http://192.0.2.1:9090\naddress_resolver = http://192.0.2.1:9093\nsetup_node = PK\n")]
    [InlineData("mesh_passphrase = short")]
    public async Task SettingsApply_Settings_GiveAConfigurationTheVisorTakes(string text)
    {
        var outcome = await ApplyAsync(text.Replace("PK", TestKeys.B.ToString(), StringComparison.Ordinal));
        var loaded = ConfigLoader.Check(outcome.GetProperty("mesh_file").GetString()!);
        Assert.Equal(_folder.File("state/visor.key"), loaded.KeyFile);
        Assert.Equal("0.0.0.0:8000", loaded.Config.Api.Listen);
        Assert.NotNull(loaded.Config.Api.PasswordHash);
        Assert.Equal("skyminer-" + outcome.GetProperty("public_key").GetString()![^6..], loaded.Config.Name);
        Assert.Equal(text.Contains("public", StringComparison.Ordinal) ? 3 : text.Contains("PK", StringComparison.Ordinal) ? 1 : 0, loaded.Config.Services.RouteSetupNodes.Count);
        Assert.Equal(text.StartsWith("mesh", StringComparison.Ordinal), loaded.Config.Apps[0].AutoStart);
        Assert.Equal(text.StartsWith("services", StringComparison.Ordinal) ? AppKinds.EgressPublic : AppKinds.EgressAll, loaded.Config.Apps[0].Settings["egress"]);
    }

    [Fact]
    public async Task SettingsApply_Box_HasItsSection()
    {
        var outcome = await ApplyAsync("mesh_name = home\nmesh_passphrase = correct horse\n");
        var box = ConfigLoader.Check(outcome.GetProperty("mesh_file").GetString()!).Config.Box!;
        Assert.Equal(("home", 7946), (box.MeshName, box.Port));
        Assert.Equal(65, new FileInfo(box.SecretFile).Length);
    }

    [Fact]
    public async Task SettingsApply_SetupNodeOffTheCurve_IsAMistake()
    {
        var outcome = await ApplyAsync($"services = custom\nroute_finder = http://192.0.2.1\nsetup_node = 02{new string('f', 64)}\n");
        Assert.Contains("no point of the curve", Assert.Single(outcome.GetProperty("mistakes").EnumerateArray()).GetProperty("cause").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SettingsApply_Twice_KeepsTheKey()
    {
        var first = await ApplyAsync("");
        Assert.Equal(first.GetProperty("public_key").GetString(), (await ApplyAsync("name = x\n")).GetProperty("public_key").GetString());
    }

    [Fact]
    public async Task SettingsSet_FromAnOrder_ChangesTheCardAppliesAndAnswers()
    {
        await ApplyAsync("# mine\nname = attic\n");
        var order = _folder.Write("order", "mesh_name=home\nmesh_passphrase=correct horse\n");
        var run = await RunAsync(["board", "settings", "set", "wifi_country=DE", "--from", order, "--remove-order", "--answer", _folder.File("answer"), .. Places()]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.False(File.Exists(order));
        Assert.Equal("# mine\nname = attic\nwifi_country = DE\nmesh_name = home\nmesh_passphrase = correct horse\n", _folder.Read("boot/skyminer.conf"));
        using var answer = JsonDocument.Parse(_folder.Read("answer"));
        Assert.True(answer.RootElement.GetProperty("ok").GetBoolean());
        var settings = WifiSettingsFile.Read(_folder.File("run/wifi.json"));
        Assert.Equal(("", "home", "DE", true), (settings.Fault, settings.Wishes.MeshName, settings.Wishes.Country, settings.IsSet));
        Assert.Matches("^[0-9a-f]{32}$", settings.Wishes.Passphrase);
        Assert.DoesNotContain("correct horse", run.Out + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mesh_passphrase is a secret and must not be an argument", "mesh_passphrase=correct horse")]
    [InlineData("name is \"a b\"", "name=a b")]
    [InlineData("unknown key \"nmae\"", "nmae=attic")]
    [InlineData("this is not KEY=VALUE", "correct horse")]
    [InlineData("ssh_key may not be set this way", "ssh_key=x", "--only", "name,mesh_name")]
    [InlineData("there is nothing to set")]
    public async Task SettingsSet_Mistake_ChangesNothing(string expected, params string[] args)
    {
        await ApplyAsync("name = attic\n");
        var run = await RunAsync(["board", "settings", "set", .. args, "--answer", _folder.File("answer"), .. Places()]);
        Assert.Equal(3, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", run.Error, StringComparison.Ordinal);
        Assert.Equal("name = attic\n", _folder.Read("boot/skyminer.conf"));
        using var answer = JsonDocument.Parse(_folder.Read("answer"));
        Assert.Equal(1, answer.RootElement.GetProperty("mistakes").GetArrayLength());
    }

    [Fact]
    public async Task SettingsApply_EverySettingOfRadios_ArrivesAtTheWifiService()
    {
        await ApplyAsync("wifi = off\nwifi_channel = 36\nwifi_country = us\nwifi_client_name = Bob's \"place\"\nwifi_client_passphrase = welcome \\ here\nmesh_name = home\nmesh_passphrase = correct horse\nproxy = on\n");
        var (wishes, isSet, fault) = WifiSettingsFile.Read(_folder.File("run/wifi.json"));
        Assert.Equal(("", true), (fault, isSet));
        Assert.Equal(new WifiWishes { IsOn = false, Channel = 36, Country = "US", ClientName = "Bob's \"place\"", ClientPassphrase = "welcome \\ here", MeshName = "home", Passphrase = wishes.Passphrase, IsGateway = true }, wishes);
    }

    [Fact]
    public async Task SettingsForget_AfterApply_PutsTheSampleBack()
    {
        await ApplyAsync("name = attic\n");
        Assert.Equal(0, (await RunAsync(["board", "settings", "forget", .. Places()])).Code);
        Assert.Equal(SettingsSample.Text(), _folder.Read("boot/skyminer.conf"));
    }

    [Fact]
    public async Task Leds_ChartAndState_ComeFromTheBoardsFile()
    {
        PutBoard();
        string[] board = ["--boards", _folder.File("boards"), "--board", "test-board", "--leds-folder", _folder.File("leds")];
        var chart = await RunAsync(["board", "leds", "--chart", .. board]);
        Assert.Contains("double beat", chart.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await RunAsync(["board", "leds", "--chart", "--json", .. board])).Out);
        Assert.Equal("heartbeat", json.RootElement.EnumerateArray().Single(s => s.GetProperty("state").GetString() == "joined").GetProperty("leds").GetProperty("test:green").GetString());
        _folder.Write("leds/test:green/trigger", "[none] heartbeat");
        Assert.Equal(0, (await RunAsync(["board", "leds", "--state", "joined", .. board])).Code);
        Assert.Equal("heartbeat", _folder.Read("leds/test:green/trigger"));
        var missing = await RunAsync(["board", "leds", "--state", "failed", .. board[..5], _folder.File("none")]);
        Assert.Equal(1, missing.Code);
        Assert.Contains("the kernel shows no such LED", missing.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(["board", "leds", "--state", "happy", .. board])).Code);
        Assert.Equal(2, (await RunAsync("board", "leds", "--boards", _folder.File("boards"), "--board", "other")).Code);
    }

    [Fact]
    public async Task Status_NoService_SaysSo()
    {
        PutBoard();
        string[] options = ["--boards", _folder.File("boards"), "--board", "test-board", "--leds-folder", _folder.File("leds"), "--run", _folder.File("run"), "--own", _folder.File("own")];
        var text = await RunAsync(["board", "status", .. options]);
        Assert.Contains("the board service does not run", text.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await RunAsync(["board", "status", "--json", .. options])).Out);
        Assert.Equal("test-board", json.RootElement.GetProperty("board").GetString());
        Assert.Equal("the kernel shows no such LED", json.RootElement.GetProperty("leds")[0].GetProperty("fault").GetString());
    }

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private static async Task<(int Code, string Out, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLineProgram.RunAsync(args, new CliOutput(output, error, isTerminal: false));
        return (code, output.ToString(), error.ToString());
    }

    private void PutBoard() => _folder.Write("boards/test-board/board.json", """
        { "schema_version": 1, "name": "test-board", "title": "Test Board", "compatible": ["maker,test-board"], "leds": [ { "name": "test:green", "color": "green", "states":
          { "failed": "off", "attention": "off", "updating": "pulse", "booting": "blink_fast", "no_link": "blink_slow", "linked": "on", "joined": "heartbeat", "traffic": "traffic" } } ] }
        """);

    private string[] Places() => ["--boot", _folder.File("boot"), "--data", _folder.File("data"), "--run", _folder.File("run"), "--state", _folder.File("state"), "--root", _folder.File("root")];

    private async Task<JsonElement> ApplyAsync(string settings)
    {
        _folder.Write("boot/skyminer.conf", settings);
        _folder.Write("root/usr/lib/skyminer/public-services.json", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "public-services.json")));
        Directory.CreateDirectory(_folder.File("root/etc"));
        var run = await RunAsync(["board", "settings", "apply", "--json", .. Places()]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return JsonDocument.Parse(run.Out).RootElement.Clone();
    }
}
