using System.Text;
using Skywire.Boards.Settings;

namespace Skywire.Boards.Tests.Settings;

public sealed class SettingsReaderTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g me@laptop";

    private const string Full = $"""
        # a comment
        name = Attic
        ssh_key = {Key}
        SSH_KEY = "{Key}"
        network=static
        address = 192.168.1.20/24
        gateway = 192.168.1.1
        dns = 192.168.1.1, 9.9.9.9
        wifi_country = de
        wifi = Auto
        wifi_channel = 11
        wifi_client_name = guests of ours
        wifi_client_passphrase = welcome "here" #1
        mesh_name = home
        mesh_passphrase = four # words = more
        services = Custom
        dmsg_discovery = http://192.0.2.1:9090
        setup_node = 02A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3D4E5F60718293A4B5C6D7E8F90
        page_password = open sesame, please
        timezone = Europe/Berlin
        ntp = 192.0.2.5 ntp.example.org
        proxy = off
        update = Testing
        update_feed = https://updates.example.org/
        update_window = 01:00 - 03:30
        update_rate_limit = 250
        update_automatic = off
        """;

    [Fact]
    public void Read_EveryKey_IsTaken()
    {
        var (settings, mistakes) = Read(Full);
        Assert.Empty(mistakes);
        Assert.Equal("attic", settings.Name);
        Assert.Equal([Key, Key], settings.SshKeys);
        Assert.Equal(("192.168.1.20/24", "192.168.1.1"), (settings.Network!.Address, settings.Network.Gateway));
        Assert.Equal(["192.168.1.1", "9.9.9.9"], settings.Network.NameServers);
        Assert.Equal(("DE", "home", "four # words = more"), (settings.WifiCountry, settings.MeshName, settings.MeshPassphrase));
        Assert.Equal((true, 11, "guests of ours", "welcome \"here\" #1"), (settings.IsWifiOn, settings.WifiChannel, settings.WifiClientName, settings.WifiClientPassphrase));
        Assert.Equal((ServiceChoice.Custom, false), (settings.Services, settings.Proxy));
        Assert.Equal("http://192.0.2.1:9090", settings.ServiceUrls["dmsg_discovery"]);
        Assert.StartsWith("02a1b2", Assert.Single(settings.SetupNodes), StringComparison.Ordinal);
        Assert.Equal("open sesame, please", settings.PagePassword);
        Assert.Equal("Europe/Berlin", settings.TimeZone);
        Assert.Equal(["192.0.2.5", "ntp.example.org"], settings.TimeServers);
        Assert.Equal(("testing", "https://updates.example.org/", "01:00-03:30", 250, false), (settings.Update, settings.UpdateFeed, settings.UpdateWindow, settings.UpdateRateLimit, settings.UpdateAutomatic));
    }

    [Fact]
    public void Read_Nothing_IsTheDefaultsWithoutMistakes()
    {
        var (settings, mistakes) = Read("");
        Assert.Empty(mistakes);
        Assert.Equal((ServiceChoice.Box, "skyminer", "", false), (settings.Services, settings.MeshName, settings.MeshPassphrase, settings.IsMeshSpoiled));
        Assert.Null(settings.Network);
        Assert.Equal(("stable", "", "", 0, true), (settings.Update, settings.UpdateFeed, settings.UpdateWindow, settings.UpdateRateLimit, settings.UpdateAutomatic));
    }

    // Whoever wrote such a line did not mean "at night, by itself".
    [Theory]
    [InlineData("update = nver")]
    [InlineData("update_automatic = no")]
    [InlineData("update_automatik = off")]
    [InlineData("update_window = 3 to 4")]
    public void Read_MistakeAboutUpdates_InstallsNothingByItself(string text)
    {
        var (settings, mistakes) = Read(text);
        Assert.Single(mistakes);
        Assert.False(settings.UpdateAutomatic);
    }

    [Theory]
    [InlineData("netwrok = dhcp", "1: unknown key \"netwrok\"", "did you mean \"network\"?")]
    [InlineData("zzz = 1", "1: unknown key \"zzz\"", "known: name, ssh_key, ")]
    [InlineData("just words", "1: this line is not \"key = value\"", "put a # in front")]
    [InlineData("= 5", "1: this line is not \"key = value\"", "")]
    [InlineData("name =", "1: name has no value", "expected letters, digits and dashes, for example: name = attic")]
    [InlineData("name = my board", "1: name is \"my board\", which holds more than", "")]
    [InlineData("name = -x", "1: name is \"-x\", which", "")]
    [InlineData("network = wifi", "1: network is \"wifi\"", "expected dhcp or static")]
    [InlineData("network = dhcp # home", "1: network is \"dhcp # home\" (comments stand on lines of their own)", "")]
    [InlineData("network = static", "1: network is static, but there is no address; DHCP is used", "address = 192.168.1.20/24")]
    [InlineData("network = static\naddress = 192.168.1.20", "2: address is \"192.168.1.20\", without a prefix length", "")]
    [InlineData("network = static\naddress = 192.168.1.20/33", "2: address is \"192.168.1.20/33\", whose prefix length is out of range", "")]
    [InlineData("network = static\naddress = 300.1.1.1/24", "2: address is \"300.1.1.1/24\", which is no address", "")]
    [InlineData("network = static\naddress = 10.0.0.5/24\ngateway = 10.0.1.1", "3: gateway is 10.0.1.1, which the board cannot reach from 10.0.0.5/24; it is left out", "an address of 10.0.0.0/24")]
    [InlineData("network = static\naddress = 10.0.0.5/24\ngateway = fe80::1", "3: gateway is fe80::1, which the board cannot reach", "")]
    [InlineData("address = 10.0.0.5/24", "1: address is only read with \"network = static\"", "")]
    [InlineData("dns = 1.1.1.1, nine", "1: dns holds \"nine\", which is no address", "")]
    [InlineData("ssh_key = ssh-rsa AAAA", "1: ssh_key is cut off or damaged", "")]
    [InlineData("ssh_key = AAAAC3NzaC1lZDI1NTE5", "1: ssh_key does not begin with the type of a key", "")]
    [InlineData("ssh_key = -----BEGIN OPENSSH PRIVATE KEY-----", "1: ssh_key is a private key, which must never leave its owner", "")]
    [InlineData("ssh_key = ssh-dss AAAA x", "1: ssh_key is a DSA key", "")]
    [InlineData("mesh_passphrase = short", "1: mesh_passphrase has 5 characters, fewer than 8", "")]
    [InlineData("page_password = 123456789", "1: page_password has 9 characters, fewer than 10", "")]
    [InlineData("mesh_name = my mesh", "1: mesh_name is \"my mesh\", which holds more", "")]
    [InlineData("wifi = on", "1: wifi is \"on\"", "")]
    [InlineData("wifi_channel = 15", "1: wifi_channel is \"15\"", "")]
    [InlineData("wifi_channel = 6 GHz", "1: wifi_channel is \"6 GHz\"", "")]
    [InlineData("wifi_client_name = münchen\nwifi_client_passphrase = welcome here", "1: wifi_client_name holds more than letters", "")]
    [InlineData("wifi_client_name = guests", "1: wifi_client_name has no passphrase", "")]
    [InlineData("wifi_client_passphrase = welcome here", "1: wifi_client_passphrase is only read with \"wifi_client_name\"", "")]
    [InlineData("wifi_client_name = guests\nwifi_client_passphrase = short", "2: wifi_client_passphrase has 5 characters", "")]
    [InlineData("wifi_country = Germany", "1: wifi_country is \"Germany\", not two letters", "")]
    [InlineData("services = boxes", "1: services is \"boxes\"", "expected box, public, both or custom")]
    [InlineData("services = custom", "1: services is custom, but no service is named", "")]
    [InlineData("services = custom\nroute_finder = ftp://x", "2: route_finder is \"ftp://x\", which is no web address", "")]
    [InlineData("route_finder = http://192.0.2.1", "1: route_finder is only read with \"services = custom\"", "")]
    [InlineData("services = custom\nroute_finder = http://x\nsetup_node = 02ab", "3: setup_node is not a public key", "")]
    [InlineData("timezone = ../../etc/passwd", "1: timezone is \"../../etc/passwd\", which is no time zone", "")]
    [InlineData("ntp = a_b!", "1: ntp holds \"a_b!\", which is no host", "")]
    [InlineData("name = a\nname = b", "2: name stands on line 1 already, which is used", "")]
    [InlineData("proxy = maybe", "1: proxy is \"maybe\"", "")]
    [InlineData("update = pinned", "1: update is \"pinned\"", "expected stable, testing or off, for example: update = stable")]
    [InlineData("update_feed = updates", "1: update_feed is \"updates\", which is no web address", "")]
    [InlineData("update_window = 02:00", "1: update_window is \"02:00\", which is no time of day from-to", "for example: update_window = 02:00-05:00")]
    [InlineData("update_window = 2:00-25:00", "1: update_window is", "")]
    [InlineData("update_rate_limit = 1 MB", "1: update_rate_limit is \"1 MB\"", "expected kilobytes a second")]
    [InlineData("update_automatic = yes", "1: update_automatic is \"yes\"", "expected on or off")]
    public void Read_OneMistake_IsNamedWithLineAndRemedy(string text, string cause, string remedy)
    {
        var mistake = Assert.Single(Read(text).Mistakes);
        Assert.StartsWith(cause, SettingsErrors.Line(mistake)["line ".Length..], StringComparison.Ordinal);
        Assert.Contains(remedy, mistake.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralMistakes_AreAllReportedAndTheRestIsUsed()
    {
        var (settings, mistakes) = Read("name = a b\nmesh_name = home\nnetwrok = x\ndns = y\ntimezone = Europe/Berlin\n");
        Assert.Equal([1, 3, 4], mistakes.Select(m => m.Line));
        Assert.Equal(("", "home", "Europe/Berlin"), (settings.Name, settings.MeshName, settings.TimeZone));
    }

    // An open box is never the answer to a typing mistake.
    [Theory]
    [InlineData("mesh_passphrase = short")]
    [InlineData("mesh_pasphrase = long enough for all")]
    [InlineData("mesh_passphrase =")]
    [InlineData("mesh_name = no good name\nmesh_passphrase = long enough for all")]
    public void Read_SpoiledPassphrase_IsKnownAsSpoiled(string text)
    {
        var (settings, mistakes) = Read(text);
        Assert.NotEmpty(mistakes);
        Assert.True(settings.IsMeshSpoiled);
    }

    [Fact]
    public void Read_SecretsWithMistakes_AreNeverRepeated()
    {
        var (_, mistakes) = Read("page_password = geheim-1\nmesh_passphrase = geheim-\u0007-passphrase\ngeheim-3 ohne Schluessel\nmesh_pasphrase = geheim-4-und-mehr\n");
        Assert.Equal(4, mistakes.Count);
        Assert.DoesNotContain("geheim", SettingsErrors.Text(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyEditor_GivesTheSame()
    {
        var text = Full.ReplaceLineEndings("\r\n");
        byte[][] forms = [Encoding.UTF8.GetBytes(text), [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)], [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)], [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(text)]];
        foreach (var form in forms)
        {
            var reading = SettingsReader.Read(form);
            Assert.Empty(reading.Mistakes);
            Assert.Equal("attic", reading.Settings.Name);
        }
    }

    [Fact]
    public void Read_CutAtEveryByte_NeverThrows()
    {
        var whole = Encoding.UTF8.GetBytes(Full);
        for (var length = 0; length <= whole.Length; length++)
        {
            var reading = SettingsReader.Read(whole.AsSpan(0, length));
            Assert.True(reading.Mistakes.Count <= 3, $"{length}: {string.Join("; ", reading.Mistakes)}");
        }
    }

    [Fact]
    public void Read_NoSettingsFileAtAll_IsOneMistakeOrABoundedNumber()
    {
        Assert.Single(SettingsReader.Read(new byte[100]).Mistakes);
        Assert.Single(SettingsReader.Read(new byte[70_000]).Mistakes);
        Assert.True(SettingsReader.Read(new byte[70_000]).Settings.IsMeshSpoiled);
        Assert.Equal(51, Read(string.Concat(Enumerable.Repeat("nonsense\n", 5000))).Mistakes.Count);
    }

    // The sample is documentation: each line of it must work once its "# " is gone.
    [Fact]
    public void Sample_Uncommented_HasOnlyExamplesThatAreGood()
    {
        Assert.Empty(Read(SettingsSample.Text()).Mistakes);
        foreach (var key in SettingKeys.All.Where(k => k.Name is not (SettingKeys.SshKey or SettingKeys.SetupNode)))
        {
            Assert.Contains($"# {key.Name} = {key.Example}\n", SettingsSample.Text(), StringComparison.Ordinal);
            Assert.Null(key.Rule(key.Example));
        }
    }

    [Fact]
    public void Sample_FileInTheTree_IsUpToDate()
        => Assert.Equal(SettingsSample.Text(), File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "skyminer.conf")));

    private static SettingsReading Read(string text) => SettingsReader.Read(Encoding.UTF8.GetBytes(text));
}
