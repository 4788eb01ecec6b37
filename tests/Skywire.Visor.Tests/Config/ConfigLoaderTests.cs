using System.Text;
using Skywire.Visor.Config;
using Skywire.Visor.Storage;

namespace Skywire.Visor.Tests.Config;

public sealed class ConfigLoaderTests : IDisposable
{
    private const string Smallest = """{ "schema_version": 1 }""";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_SmallestFile_GivesDefaultsAndNoService()
    {
        var loaded = ConfigLoader.Load(_folder.Write("c.json", Smallest));
        Assert.Equal(_folder.File("visor.key"), loaded.KeyFile);
        Assert.Equal(_folder.File("data"), loaded.DataFolder);
        Assert.Equal(_folder.File("skywire.sock"), loaded.Socket);
        Assert.Null(loaded.Config.Services.DmsgDiscovery);
        Assert.Null(loaded.Config.Services.UptimeTracker);
        Assert.Null(loaded.Config.Transport.Stcp);
        Assert.Equal(2, loaded.Config.Dmsg.MinSessions);
        Assert.Empty(loaded.Warnings);
    }

    [Fact]
    public void Load_FullFile_GivesEveryValue()
    {
        var config = ConfigLoader.Load(_folder.Write("c.json", $$"""
            {
              // comments and trailing commas are welcome
              "schema_version": 1, "name": "attic", "key_file": "/keys/k", "data_folder": "d",
              "services": {
                "dmsg_discovery": "http://192.0.2.1:9090", "transport_discovery": "https://tpd.example.net", "address_resolver": "http://192.0.2.1:9093",
                "route_finder": "http://192.0.2.1:9092", "service_discovery": "http://192.0.2.1:9098", "uptime_tracker": null,
                "route_setup_nodes": ["{{TestKeys.B}}"]
              },
              "dmsg": { "min_sessions": 3, "servers": [{ "key": "{{TestKeys.C}}", "address": "dmsg.example.net:8081" }] },
              "transport": {
                "stcp": { "listen": "0.0.0.0:7777", "table": { "{{TestKeys.B}}": "192.0.2.7:7777" } },
                "stcpr": { "listen": "[::]:7770", "allow_private": true },
                "persistent": [{ "key": "{{TestKeys.B}}", "type": "stcp" }, { "key": "{{TestKeys.C}}", "type": "dmsg" }],
                "log": false, "log_days": 3
              },
              "routing": { "min_hops": 2, "max_hops": 9, "dial_limit": "1m30s" },
              "apps": [{ "name": "out", "kind": "skysocks-client", "auto_start": true, "settings": { "server": "{{TestKeys.B}}", "listen": "127.0.0.1:1080" } }],
              "api": { "socket": "/run/s", "listen": null, "host_names": ["board.local"], "metrics": false },
              "logging": { "level": "debug", "lines": 500 },
            }
            """)).Config;
        Assert.Equal("attic", config.Name);
        Assert.Equal("https://tpd.example.net", config.Services.TransportDiscovery);
        Assert.Equal([TestKeys.B], config.Services.RouteSetupNodes);
        Assert.Equal(new DmsgServerConfig { Key = TestKeys.C, Address = "dmsg.example.net:8081" }, Assert.Single(config.Dmsg.Servers));
        Assert.Equal("192.0.2.7:7777", config.Transport.Stcp!.Table[TestKeys.B.ToString()]);
        Assert.True(config.Transport.Stcpr!.AllowPrivate);
        Assert.Equal(2, config.Transport.Persistent.Count);
        Assert.Equal(TimeSpan.FromSeconds(90), config.Routing.DialLimit);
        Assert.Equal("127.0.0.1:1080", config.Apps[0].Settings["listen"]);
        Assert.Null(config.Api.Listen);
        Assert.Equal("debug", config.Logging.Level);
    }

    [Fact]
    public void Format_AnyConfig_ParsesBackToTheSame()
    {
        var config = ConfigLoader.Parse("f", Encoding.UTF8.GetBytes("""{ "schema_version": 1, "name": "x", "transport": { "stcpr": {} }, "routing": { "dial_limit": "45s" } }"""));
        var again = ConfigLoader.Parse("f", ConfigJson.Format(config));
        Assert.Equal(ConfigJson.Format(config), ConfigJson.Format(again));
        Assert.Equal(TimeSpan.FromSeconds(45), again.Routing.DialLimit);
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "[]", "FILE: is a list, expected a section; for example { \"schema_version\": 1 }" },
        { "{ \"schema_version\": 1, \"name\" \"x\" }", "FILE: line 1, column 31: is not JSON; repair the text there or just before" },
        { "{}", "FILE: schema_version: is missing, expected the version of the format, from 1 to 1; for example \"schema_version\": 1" },
        { "{ \"schema_version\": 2 }", "FILE: schema_version: is 2, expected the version of the format, from 1 to 1; for example 1" },
        { V("\"nmae\": \"x\""), "FILE: nmae: unknown key; did you mean \"name\"?" },
        { V("\"services\": { \"dmsg_discovry\": \"http://192.0.2.1\" }"), "FILE: services.dmsg_discovry: unknown key; did you mean \"dmsg_discovery\"?" },
        { V("\"logging\": { \"colour\": true }"), "FILE: logging.colour: unknown key; known here: level, lines" },
        { V("\"services\": { \"route_finder\": 9092 }"), "FILE: services.route_finder: is a number, expected an http or https URL; for example \"http://192.0.2.1:9090\"" },
        { V("\"services\": { \"route_finder\": \"192.0.2.1:9092\" }"), "FILE: services.route_finder: is \"192.0.2.1:9092\", expected an http or https URL; for example \"http://192.0.2.1:9090\"" },
        { V("\"services\": { \"route_finder\": \"http://u:p@192.0.2.1\" }"), "FILE: services.route_finder: carries a user name or password, expected an http or https URL; for example \"http://192.0.2.1:9090\"" },
        { V("\"services\": \"none\""), "FILE: services: is a text, expected a section; for example { }" },
        { V("\"services\": { \"route_setup_nodes\": [\"02ab\"] }"), $"FILE: services.route_setup_nodes[0]: has 4 characters, expected a public key of 66 hex digits; for example \"{SampleKey}\"" },
        { V("\"services\": { \"route_setup_nodes\": \"" + TestKeys.B + "\" }"), $"FILE: services.route_setup_nodes: is a text, expected a list of public keys; for example [\"{SampleKey}\"]" },
        { V("\"dmsg\": { \"min_sessions\": 0 }"), "FILE: dmsg.min_sessions: is 0, expected a number from 1 to 16; for example 2" },
        { V("\"dmsg\": { \"min_sessions\": 1.5 }"), "FILE: dmsg.min_sessions: is 1.5, expected a number from 1 to 16; for example 2" },
        { V("\"dmsg\": { \"servers\": [{ \"key\": \"" + TestKeys.C + "\" }] }"), "FILE: dmsg.servers[0].address: is missing, expected host:port; for example \"address\": \"192.0.2.1:7777\"" },
        { V("\"transport\": { \"stcp\": { \"listen\": \":7777\" } }"), "FILE: transport.stcp.listen: is \":7777\", expected IP address:port; for example \"0.0.0.0:7777\"" },
        { V("\"transport\": { \"stcp\": { \"table\": { \"" + TestKeys.B + "\": \"host\" } } }"), $"FILE: transport.stcp.table[\"{TestKeys.B}\"]: is \"host\", expected host:port; for example \"192.0.2.1:7777\"" },
        { V("\"transport\": { \"stcpr\": { \"allow_private\": \"yes\" } }"), "FILE: transport.stcpr.allow_private: is a text, expected true or false; for example true" },
        { V("\"transport\": { \"persistent\": [{ \"key\": \"" + TestKeys.B + "\", \"type\": \"stpcr\" }] }"), "FILE: transport.persistent[0].type: is \"stpcr\" (did you mean \"stcpr\"?), expected a transport type (stcpr, stcp, dmsg); for example \"stcpr\"" },
        { V("\"transport\": { \"persistent\": [{ \"key\": \"" + TestKeys.B + "\", \"type\": \"stcp\" }] }"), "FILE: transport.persistent[0].key: has no address, expected an entry in transport.stcp.table; add its host:port there" },
        { V("\"transport\": { \"persistent\": [{ \"key\": \"" + TestKeys.B + "\", \"type\": \"stcpr\" }] }"), "FILE: transport.persistent[0].type: is \"stcpr\", which is off, expected transport.stcpr and services.address_resolver; set both, or choose another type" },
        { V("\"transport\": { \"persistent\": [{ \"key\": \"" + TestKeys.B + "\", \"type\": \"dmsg\" }] }"), "FILE: transport.persistent[0].type: is \"dmsg\", which is off, expected services.dmsg_discovery or dmsg.servers; set one, or choose another type" },
        { V("\"routing\": { \"dial_limit\": \"20\" }"), "FILE: routing.dial_limit: is \"20\", expected a duration; for example \"20s\"" },
        { V("\"routing\": { \"dial_limit\": \"1h\" }"), "FILE: routing.dial_limit: is \"1h\", outside 1s to 10m, expected a duration; for example \"20s\"" },
        { V("\"routing\": { \"min_hops\": 5, \"max_hops\": 3 }"), "FILE: routing.min_hops: is 5, expected at most routing.max_hops (3); lower it, or raise max_hops" },
        { V("\"apps\": [{ \"name\": \"a\", \"kind\": \"skysock\" }]"), $"FILE: apps[0].kind: is \"skysock\" (did you mean \"skysocks\"?), expected a kind of app ({string.Join(", ", AppKinds.Names)}); for example \"skysocks\"" },
        { V("\"apps\": [{ \"name\": \"a b\", \"kind\": \"skysocks\" }]"), "FILE: apps[0].name: is \"a b\", expected a name of letters, digits, '-' and '_'; for example \"skysocks\"" },
        { V("\"apps\": [{ \"name\": \"a\", \"kind\": \"skysocks\" }, { \"name\": \"a\", \"kind\": \"skysocks\", \"port\": 4 }]"), "FILE: apps[1].name: \"a\" is the name of apps[0] too, expected each name once; give one of them another name" },
        { V("\"apps\": [{ \"name\": \"a\", \"kind\": \"skysocks\" }, { \"name\": \"b\", \"kind\": \"skysocks\" }]"), "FILE: apps[1].port: 3 is taken by the app \"a\", expected each port once; set another port" },
        { V("\"apps\": [{ \"name\": \"a\", \"kind\": \"skysocks\", \"settings\": { \"pascode\": \"x\" } }]"), "FILE: apps[0].settings[\"pascode\"]: unknown setting of skysocks; did you mean \"passcode\"?" },
        { V("\"apps\": [{ \"name\": \"a\", \"kind\": \"skysocks-client\", \"auto_start\": true }]"), "FILE: apps[0].settings[\"server\"]: is missing, expected a public key of 66 hex digits; set it, or set auto_start to false" },
        { V("\"api\": { \"listen\": \"0.0.0.0:8000\" }"), "FILE: api.listen: is \"0.0.0.0:8000\", open to other machines, without a password, expected a loopback address, or api.password_hash beside it; use \"127.0.0.1:8000\", or run \"skywire config password\" and put its line into api.password_hash" },
        { V("\"api\": { \"listen\": \"127.0.0.1:7777\" }, \"transport\": { \"stcp\": { \"listen\": \"0.0.0.0:7777\" } }"), "FILE: transport.stcp.listen: uses port 7777, expected another port than api.listen; change one of the two" },
        { V("\"api\": { \"password_hash\": \"secret\" }"), "FILE: api.password_hash: is not such a line, expected a line made by \"skywire config password\"; for example \"pbkdf2-sha256$100000$c2FsdA==$aGFzaA==\"" },
        { V("\"logging\": { \"level\": \"inform\" }"), "FILE: logging.level: is \"inform\", expected a level (trace, debug, information, warning, error, critical, none); for example \"trace\"" },
        { V("\"name\": \"a\", \"name\": \"b\""), "FILE: name: stands twice; remove one of the two" },
    };

    private static string SampleKey => ConfigSchema.SampleKey;

    [Theory]
    [MemberData(nameof(Bad))]
    public void Load_BadFile_SaysFileKeyAndRemedy(string content, string message)
    {
        var path = _folder.Write("c.json", content);
        var error = Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(path));
        Assert.Equal(message.Replace("FILE", path, StringComparison.Ordinal), error.Message);
        Assert.False(File.Exists(path + AtomicFile.LastGoodSuffix));
    }

    [Fact]
    public void Load_SeveralFaults_ReportsAllAtOnce()
    {
        var path = _folder.Write("c.json", V("\"nmae\": 1, \"dmsg\": { \"min_sessions\": 99 }, \"logging\": { \"lines\": true }"));
        var error = Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(path));
        Assert.Equal(["nmae", "dmsg.min_sessions", "logging.lines"], error.Problems.Select(p => p.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n ")]
    [InlineData("{ \"schema_version\": 1, \"name\": \"at")]
    [InlineData("{ \"schema_version\": 1, \"dmsg\": {")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    public void Load_TornFile_UsesLastGoodCopyAndWarns(string torn)
    {
        var path = _folder.Write("c.json", V("\"name\": \"good\""));
        ConfigLoader.Load(path);
        File.WriteAllText(path, torn);
        var loaded = ConfigLoader.Load(path);
        Assert.Equal("good", loaded.Config.Name);
        Assert.Contains(path + AtomicFile.LastGoodSuffix, Assert.Single(loaded.Warnings), StringComparison.Ordinal);
        Assert.Equal(torn, File.ReadAllText(path));
    }

    // The board went back to an older system: what the newer one wrote must not keep its visor down.
    [Fact]
    public void Load_FileOfANewerFormat_UsesItsOwnCopyAndLeavesTheNewOne()
    {
        var path = _folder.Write("c.json", V("\"name\": \"old\""));
        ConfigLoader.Load(path);
        const string Newer = """{ "schema_version": 2, "title": "new" }""";
        File.WriteAllText(path, Newer);
        File.WriteAllText(path + AtomicFile.LastGoodSuffix, Newer);
        var loaded = ConfigLoader.Load(path);
        Assert.Equal("old", loaded.Config.Name);
        Assert.Contains("is of format 2, written for a newer program", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
        Assert.Equal((Newer, Newer), (File.ReadAllText(path), File.ReadAllText(path + AtomicFile.LastGoodSuffix)));
    }

    [Fact]
    public void Load_FileOfANewerFormatWithoutACopy_IsRefused()
        => Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(_folder.Write("c.json", """{ "schema_version": 2 }""")));

    // And forward again: the newer program finds what it left.
    [Fact]
    public void Load_KeyThatANewerProgramFoundGood_IsLeftOutWithAWarning()
    {
        var text = V("\"name\": \"good\", \"someday\": { \"a\": 1 }");
        var path = _folder.Write("c.json", text);
        Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(path));
        File.WriteAllText(path + AtomicFile.LastGoodSuffix, text);
        var loaded = ConfigLoader.Load(path);
        Assert.Equal("good", loaded.Config.Name);
        Assert.Contains("someday written for a newer program", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(path));

        // A mistake that somebody makes afterwards is one still.
        File.WriteAllText(path, V("\"nmae\": \"good\", \"someday\": { \"a\": 1 }"));
        Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(path));
    }

    [Fact]
    public void Load_CutAtEveryByte_NeverThrowsOnceAGoodCopyIsKept()
    {
        var path = _folder.Write("c.json", V("\"name\": \"good\", \"dmsg\": { \"min_sessions\": 4 }"));
        var whole = File.ReadAllBytes(path);
        ConfigLoader.Load(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Equal(4, ConfigLoader.Load(path).Config.Dmsg.MinSessions);
        }
    }

    [Fact]
    public void Load_TornWithoutCopy_IsRefused()
    {
        var path = _folder.Write("c.json", "");
        var error = Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(path));
        Assert.Equal($"{path}: is empty; run \"skywire config gen --force\", or restore the file", error.Message);
    }

    [Fact]
    public void Load_MistypedFile_IsNotReplacedByTheCopy()
    {
        var path = _folder.Write("c.json", Smallest);
        ConfigLoader.Load(path);
        File.WriteAllText(path, "{ \"schema_version\": 1 \"name\": \"x\" }");
        Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(path));
    }

    [Fact]
    public void Load_MissingFile_SaysHowToMakeOne()
    {
        var path = _folder.File("none.json");
        var error = Assert.Throws<ConfigurationException>(() => ConfigLoader.Load(path));
        Assert.Equal($"{path}: does not exist; make one with \"skywire config gen --config {path}\"", error.Message);
    }

    [Fact]
    public void Consequences_NothingConfigured_NamesEveryMissingService()
    {
        var lines = ConfigRules.Consequences(new VisorConfig());
        foreach (var service in new[] { "dmsg_discovery", "transport_discovery", "route_finder", "route_setup_nodes", "uptime_tracker" })
        {
            Assert.Contains(lines, l => l.Contains("services." + service, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void MaskedConfig_Secrets_AreNotShown()
    {
        var config = new VisorConfig { Apps = [new AppConfig { Name = "a", Kind = "skysocks", Settings = new Dictionary<string, string> { ["passcode"] = "hunter2" } }] };
        config.Api.PasswordHash = "pbkdf2-sha256$1$AAAA$AAAA";
        var text = Encoding.UTF8.GetString(MaskedConfig.Format(config));
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("pbkdf2", text, StringComparison.Ordinal);
        Assert.Contains("\"passcode\": \"********\"", text, StringComparison.Ordinal);
    }

    private static string V(string rest) => "{ \"schema_version\": 1, " + rest + " }";
}
