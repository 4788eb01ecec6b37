using System.Text;
using Skywire.Testing;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Tests;

public sealed class WifiSettingsFileTests : IDisposable
{
    private const string Whole = """{"is_on":true,"country":"DE","mesh_name":"home","passphrase":"0123456789abcdef0123456789abcdef","channel":11,"client_name":"guests","client_passphrase":"welcome here","is_gateway":true,"is_set":true,"new":{"er":1}}""";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WholeFile_GivesWishes()
    {
        var (wishes, isSet, fault) = WifiSettingsFile.Read(_folder.Write("wifi.json", Whole));
        Assert.Equal(("", true), (fault, isSet));
        Assert.Equal(new WifiWishes { Country = "DE", MeshName = "home", Passphrase = "0123456789abcdef0123456789abcdef", Channel = 11, ClientName = "guests", ClientPassphrase = "welcome here", IsGateway = true }, wishes);
    }

    // Nothing on the air and no setup access point because of a torn file.
    [Fact]
    public void Read_CutAtEveryByte_IsAFaultWithoutSecrets()
    {
        for (var i = 0; i < Whole.Length; i++)
        {
            var (wishes, isSet, fault) = WifiSettingsFile.Read(_folder.Write("wifi.json", Whole[..i]));
            Assert.Equal((new WifiWishes(), true), (wishes, isSet));
            Assert.Contains("is damaged", fault, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"passphrase\":null}")]
    [InlineData("{\"channel\":\"x\"}")]
    [InlineData("{\"channel\":99999999999}")]
    public void Parse_OtherJson_IsAFault(string text) => Assert.NotEqual("", WifiSettingsFile.Parse(Encoding.UTF8.GetBytes(text)).Fault);

    [Fact]
    public void Parse_OlderFile_HasTheUsualForWhatIsMissing()
        => Assert.Equal(new WifiSettings(new WifiWishes { MeshName = "home" }, false, ""), WifiSettingsFile.Parse("""{"mesh_name":"home"}"""u8));

    [Fact]
    public void Read_NoFileTooLongOrAFolder_IsAFault()
    {
        Assert.Contains("there is no", WifiSettingsFile.Read(_folder.File("none")).Fault, StringComparison.Ordinal);
        Assert.Contains("not the wifi settings", WifiSettingsFile.Read(_folder.Write("long", new string(' ', 20_000))).Fault, StringComparison.Ordinal);
        Assert.Contains("there is no", WifiSettingsFile.Read(_folder.Path).Fault, StringComparison.Ordinal);
    }
}
