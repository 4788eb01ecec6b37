using System.Text;
using Skywire.Crypto;
using Skywire.Visor.Config;

namespace Skywire.Visor.Tests.Config;

public sealed class ReferenceImportTests
{
    internal static string Fixture()
    {
        var bytes = new byte[SecKey.Size];
        TestKeys.Secret.Export(bytes);
        return File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "reference-visor.json"))
            .Replace("SECRET", Convert.ToHexStringLower(bytes), StringComparison.Ordinal)
            .Replace("PUBLIC", TestKeys.A.ToString(), StringComparison.Ordinal)
            .Replace("KEYB", TestKeys.B.ToString(), StringComparison.Ordinal)
            .Replace("KEYC", TestKeys.C.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_ReferenceConfig_CarriesIdentityServicesLinksApps()
    {
        using var imported = ReferenceImport.Convert("f", Encoding.UTF8.GetBytes(Fixture()));
        var config = imported.Config;
        Assert.Equal(TestKeys.A, imported.Key.PublicKey);
        Assert.Equal("http://203.0.113.1:9090", config.Services.DmsgDiscovery);
        Assert.Equal("http://203.0.113.1:9091", config.Services.TransportDiscovery);
        Assert.Equal("http://203.0.113.1:9092", config.Services.RouteFinder);
        Assert.Equal("http://203.0.113.1:9093", config.Services.AddressResolver);
        Assert.Equal("http://203.0.113.1:9098", config.Services.ServiceDiscovery);
        Assert.Equal([TestKeys.C], config.Services.RouteSetupNodes);
        Assert.Equal("0.0.0.0:7777", config.Transport.Stcp!.Listen);
        Assert.Equal("192.0.2.7:7777", Assert.Single(config.Transport.Stcp.Table).Value);
        Assert.Equal("0.0.0.0:7770", config.Transport.Stcpr!.Listen);
        Assert.Equal([(TestKeys.B, "stcp"), (TestKeys.C, "stcpr")], config.Transport.Persistent.Select(p => (p.Key, p.Type)));
        Assert.Equal(1, config.Routing.MinHops);
        Assert.Equal(["skysocks", "skysocks-client"], config.Apps.Select(a => a.Kind));
        Assert.True(config.Apps[0].AutoStart);
        Assert.Equal("open-sesame", config.Apps[0].Settings["passcode"]);
        Assert.Equal("127.0.0.1:1080", config.Apps[1].Settings["listen"]);
        Assert.Equal(TestKeys.B.ToString(), config.Apps[1].Settings["server"]);
        Assert.Empty(ConfigRules.Check(config));
        ConfigLoader.Parse("f", ConfigJson.Format(config));
    }

    [Fact]
    public void Convert_ReferenceConfig_SaysWhatStaysBehind()
    {
        using var imported = ReferenceImport.Convert("f", Encoding.UTF8.GetBytes(Fixture()));
        Assert.Null(imported.Config.Services.UptimeTracker);
        foreach (var what in new[] { "uptime_tracker.addr", "skywire-tcp.pk_table[\"nonsense\"]", "transport.sudph_port", "transport.public_autoconnect", "transport.transport_setup", "persistent_transports[1]", "launcher.apps \"vpn-client\"", "launcher.apps \"skysocks-client\": --http", "hypervisors", "dmsgpty", "stun_servers", "dmsghttp_server_path" })
        {
            Assert.Contains(imported.NotCarried, line => line.StartsWith(what + ":", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("{}", "f: sk: is missing or not a secret key, expected 64 hex digits; a configuration without key cannot be imported")]
    [InlineData("{", "f: line 1: is not JSON; is it a reference visor's skywire-config.json?")]
    [InlineData("[]", "f: is not a section, expected a reference visor's skywire-config.json; check the file name")]
    public void Convert_UselessFile_IsRefusedWithReason(string text, string message)
        => Assert.Equal(message, Assert.Throws<ConfigurationException>(() => ReferenceImport.Convert("f", Encoding.UTF8.GetBytes(text))).Message);

    [Fact]
    public void Convert_ForeignPublicKey_IsRefused()
    {
        var text = Fixture().Replace($"\"pk\": \"{TestKeys.A}\"", $"\"pk\": \"{TestKeys.B}\"", StringComparison.Ordinal);
        Assert.Equal("pk", Assert.Throws<ConfigurationException>(() => ReferenceImport.Convert("f", Encoding.UTF8.GetBytes(text))).Problems[0].Key);
    }

    [Fact]
    public void Convert_EveryMemberOfAnotherType_NeverFailsOtherwise()
    {
        var text = Fixture();
        using var document = System.Text.Json.JsonDocument.Parse(text);
        foreach (var member in document.RootElement.EnumerateObject().Where(m => m.Name is not ("sk" or "pk")))
        {
            foreach (var value in new[] { "null", "7", "[7]", "\"x\"", "{\"x\":7}", "true" })
            {
                using var imported = ReferenceImport.Convert("f", Encoding.UTF8.GetBytes(text.Replace($"\"{member.Name}\": {member.Value.GetRawText()}", $"\"{member.Name}\": {value}", StringComparison.Ordinal)));
                Assert.Equal(TestKeys.A, imported.Key.PublicKey);
            }
        }
    }
}
