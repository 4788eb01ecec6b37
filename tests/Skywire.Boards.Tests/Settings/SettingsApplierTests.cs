using System.Security.Cryptography;
using System.Text;
using Skywire.Boards.Settings;
using Skywire.Linux;
using Skywire.Testing;

namespace Skywire.Boards.Tests.Settings;

public sealed class SettingsApplierTests : IDisposable
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g me@laptop";
    private readonly TempFolder _folder = new();
    private readonly FakeSystem _system = new();
    private readonly FakeMesh _mesh = new();
    private readonly ApplyPlaces _places;

    public SettingsApplierTests()
    {
        _places = new ApplyPlaces(_folder.File("boot"), _folder.File("data"), _folder.File("run"), _folder.File("state"), _folder.File("root"));
        Directory.CreateDirectory(_places.Boot);
        _folder.Write("root/usr/share/zoneinfo/Europe/Berlin", "TZif");
        _folder.Write("root/etc/localtime", "UTC");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Apply_NoSettings_NamesTheBoardAfterItsKeyAndOpensNothing()
    {
        var outcome = Apply(null);
        Assert.Empty(outcome.Mistakes);
        Assert.Equal("skyminer-c0ffee", outcome.Name);
        Assert.Equal("skyminer-c0ffee", _system.Name);
        Assert.Equal("skyminer-c0ffee\n", _folder.Read("root/etc/hostname"));
        Assert.False(File.Exists(_places.AuthorizedKeysFile));
        Assert.False(File.Exists(_folder.File("root/run/systemd/network/10-skyminer.network")));
        Assert.False(File.Exists(_places.ErrorsFile));
        Assert.True(outcome.IsOpenBox);
        Assert.Equal($"SKYWIRE_CONFIG={_places.MeshFile}\n", File.ReadAllText(_places.EnvironmentFile));
        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(_places.SecretFile));
        Assert.Equal(AtomicFile.GroupReadable, File.GetUnixFileMode(_places.MeshFile));
        Assert.Equal(File.ReadAllBytes(_places.MeshFile), File.ReadAllBytes(_places.MeshFile + AtomicFile.LastGoodSuffix));
        Assert.Equal(_places.SecretFile, _mesh.Places!.SecretFile);
    }

    [Fact]
    public void Apply_EverythingSet_WritesEveryFile()
    {
        var outcome = Apply($"name = attic\nssh_key = {Key}\nnetwork = static\naddress = 10.0.0.5/24\ngateway = 10.0.0.1\ndns = 9.9.9.9\ntimezone = Europe/Berlin\nntp = 10.0.0.1\nwifi_country = DE\npage_password = long enough, this\n");
        Assert.Empty(outcome.Mistakes);
        Assert.Contains(Key, File.ReadAllText(_places.AuthorizedKeysFile), StringComparison.Ordinal);
        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(_places.AuthorizedKeysFile));
        var network = _folder.Read("root/run/systemd/network/10-skyminer.network");
        Assert.Contains("[Match]\nName=end0\n\n[Network]\nAddress=10.0.0.5/24\nGateway=10.0.0.1\nDNS=9.9.9.9\n", network, StringComparison.Ordinal);
        Assert.Contains("[Time]\nNTP=10.0.0.1\n", _folder.Read("root/run/systemd/timesyncd.conf.d/10-skyminer.conf"), StringComparison.Ordinal);
        Assert.Contains("ieee80211_regdom=DE", _folder.Read("root/run/modprobe.d/skyminer-wifi.conf"), StringComparison.Ordinal);
        Assert.Equal("DE", _system.Country);
        Assert.Equal("../usr/share/zoneinfo/Europe/Berlin", new FileInfo(_folder.File("root/etc/localtime")).LinkTarget);
        Assert.Equal("", SettingsApplier.Secrets(_places)!.PagePassword);
        Assert.Equal("hash of long enough, this", _mesh.Places!.PasswordHash);
    }

    [Fact]
    public void Apply_SettingsTakenBack_RemovesTheirFiles()
    {
        Apply($"ssh_key = {Key}\nnetwork = static\naddress = 10.0.0.5/24\n");
        Apply("");
        Assert.False(File.Exists(_places.AuthorizedKeysFile));
        Assert.False(File.Exists(_folder.File("root/run/systemd/network/10-skyminer.network")));
    }

    [Fact]
    public void Apply_Mistakes_AreExplainedOnTheCardAndGoWithTheirCause()
    {
        var outcome = Apply("netwrok = dhcp\nname = attic\ntimezone = Mars/Base\n");
        Assert.Equal(2, outcome.Mistakes.Count);
        Assert.Equal("attic", outcome.Name);
        var text = File.ReadAllText(_places.ErrorsFile);
        Assert.Contains("has 2 mistakes", text, StringComparison.Ordinal);
        Assert.Contains("line 1: unknown key \"netwrok\"\r\n    did you mean \"network\"?", text, StringComparison.Ordinal);
        Assert.Contains("Mars/Base", text, StringComparison.Ordinal);
        Assert.Equal(2, SettingsApplier.LastOutcome(_places)!.Mistakes.Count);
        Apply("name = attic\n");
        Assert.False(File.Exists(_places.ErrorsFile));
    }

    [Fact]
    public void Apply_SameMistakesAgain_DoesNotWriteTheCard()
    {
        Apply("netwrok = dhcp\n");
        var before = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_places.ErrorsFile, before);
        Apply("netwrok = dhcp\n");
        Assert.Equal(before, File.GetLastWriteTimeUtc(_places.ErrorsFile));
    }

    // The figure of the contract between settings and box: PBKDF2-HMAC-SHA256, 200000 rounds, salt "skyminer box " + name.
    [Fact]
    public void Apply_Passphrase_GivesTheSecretOfTheContractOnce()
    {
        Apply("mesh_name = home\nmesh_passphrase = correct horse\n");
        var expected = Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2("correct horse", Encoding.UTF8.GetBytes("skyminer box home"), 200_000, HashAlgorithmName.SHA256, 32));
        Assert.Equal(expected + "\n", File.ReadAllText(_places.SecretFile));
        var settings = new BoardSettings { MeshName = "home", MeshPassphrase = "correct horse" };
        Assert.False(BoxSecret.Ensure(settings, _places));
        Assert.True(BoxSecret.Ensure(settings with { MeshPassphrase = "correct mule" }, _places));
        Assert.NotEqual(expected + "\n", File.ReadAllText(_places.SecretFile));
        Assert.True(BoxSecret.Ensure(settings with { MeshName = "other" }, _places));
    }

    [Fact]
    public void Apply_SpoiledPassphrase_KeepsTheBoxOfBeforeOrNone()
    {
        Apply("mesh_passphrase = short\n");
        Assert.False(File.Exists(_places.SecretFile));
        Assert.Equal("", _mesh.Places!.SecretFile);
        Apply("mesh_passphrase = correct horse\n");
        var secret = File.ReadAllText(_places.SecretFile);
        var outcome = Apply("mesh_pasphrase = correct horse\n");
        Assert.Equal(secret, File.ReadAllText(_places.SecretFile));
        Assert.Equal(_places.SecretFile, _mesh.Places!.SecretFile);
        Assert.False(outcome.IsOpenBox);
    }

    [Fact]
    public void Apply_NoPagePassword_MakesOneAndKeepsIt()
    {
        Apply("");
        var made = SettingsApplier.Secrets(_places)!.PagePassword;
        Assert.Matches("^[a-z2-9]{12}$", made);
        Assert.Equal(AtomicFile.GroupReadable, File.GetUnixFileMode(_places.ConsoleFile));
        Apply("");
        Assert.Equal(made, SettingsApplier.Secrets(_places)!.PagePassword);
        Assert.Equal(1, _mesh.Hashes);
        Apply("page_password = my own password\n");
        Assert.Equal("", SettingsApplier.Secrets(_places)!.PagePassword);
        Apply("");
        Assert.NotEqual("", SettingsApplier.Secrets(_places)!.PagePassword);
    }

    [Fact]
    public void Apply_OperatorsOwnConfiguration_Wins()
    {
        Directory.CreateDirectory(_places.State);
        File.WriteAllText(_places.OperatorMeshFile, "{}");
        File.WriteAllText(_places.OperatorMeshFile + ".schema-1", "{}");
        var outcome = Apply("");
        Assert.Equal(_places.OperatorMeshFile, outcome.MeshFile);
        Assert.Equal($"SKYWIRE_CONFIG={_places.OperatorMeshFile}\n", File.ReadAllText(_places.EnvironmentFile));
    }

    [Fact]
    public void Apply_DamagedKey_IsSaidAndTheRestComesUp()
    {
        _mesh.KeyFault = "visor.key: cut off";
        var outcome = Apply("name = attic\n");
        Assert.Contains("visor.key: cut off", Assert.Single(outcome.Mistakes).Cause, StringComparison.Ordinal);
        Assert.Equal("attic", _system.Name);
        Assert.True(File.Exists(_places.MeshFile));
    }

    [Fact]
    public void Apply_NoDataPartition_IsSaid()
    {
        _system.Keeps = false;
        Assert.Contains("data partition", Assert.Single(Apply("").Mistakes).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Outcome_File_HoldsNoSecret()
    {
        Apply("mesh_passphrase = correct horse\npage_password = my own password\n");
        var text = File.ReadAllText(_places.OutcomeFile);
        Assert.DoesNotContain("correct horse", text, StringComparison.Ordinal);
        Assert.DoesNotContain("my own password", text, StringComparison.Ordinal);
        Assert.DoesNotContain(File.ReadAllText(_places.SecretFile).Trim(), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_AfterApply_LeavesIdentityAndSample()
    {
        Apply("name = attic\nmesh_passphrase = correct horse\nnetwrok = x\n");
        File.WriteAllText(_places.OperatorMeshFile, "{}");
        new SettingsForgetter(_places).Forget();
        Assert.Equal(SettingsSample.Text(), File.ReadAllText(_places.SettingsFile));
        Assert.False(File.Exists(_places.ErrorsFile));
        Assert.False(File.Exists(_places.SecretFile));
        Assert.False(File.Exists(_places.OperatorMeshFile));
        Assert.False(File.Exists(_places.OperatorMeshFile + ".schema-1"));
        Assert.True(File.Exists(_places.OperatorMeshFile + ".old"));
        Assert.True(File.Exists(_places.KeyFile));
        Assert.Empty(Directory.GetFiles(_places.Kept));
        Assert.DoesNotContain(Directory.GetFiles(_places.Boot), f => File.ReadAllText(f).Contains("correct horse", StringComparison.Ordinal));
        Assert.Equal("skyminer-c0ffee", new SettingsApplier(_places, Sample.Board, _mesh, _system).Apply().Name);
    }

    // The figure every board has to agree on: HMAC-SHA256(box secret, "skyminer wifi"), its first half.
    [Fact]
    public void Apply_Passphrase_IsNotTheOneOnTheAir()
    {
        Apply("mesh_name = home\nmesh_passphrase = correct horse\nservices = public\nwifi_country = de\nwifi_channel = 11\nproxy = on\n");
        var secret = Rfc2898DeriveBytes.Pbkdf2("correct horse", Encoding.UTF8.GetBytes("skyminer box home"), 200_000, HashAlgorithmName.SHA256, 32);
        var air = Convert.ToHexStringLower(HMACSHA256.HashData(secret, "skyminer wifi"u8))[..32];
        Assert.Equal($$"""{"is_on":true,"country":"DE","mesh_name":"home","passphrase":"{{air}}","channel":11,"client_name":"","client_passphrase":"","is_gateway":true,"is_set":true}""", File.ReadAllText(_places.WifiFile));
        Assert.Equal(AtomicFile.Private, File.GetUnixFileMode(_places.WifiFile));
    }

    [Fact]
    public void Apply_NoPassphrase_NothingIsSetAndNothingOnTheAir()
    {
        Apply("name = attic\n");
        Assert.Equal("""{"is_on":true,"country":"","mesh_name":"skyminer","passphrase":"","channel":0,"client_name":"","client_passphrase":"","is_gateway":false,"is_set":false}""", File.ReadAllText(_places.WifiFile));
    }

    // Neither an open mesh nor an open setup page is the answer to a typing mistake.
    [Theory]
    [InlineData("mesh_passphrase = short\n")]
    [InlineData("mesh_name = a b\nmesh_passphrase = correct horse\n")]
    public void Apply_SpoiledPassphrase_IsSetWithoutOneOnTheAir(string text)
    {
        Apply(text);
        Assert.Contains("\"passphrase\":\"\"", File.ReadAllText(_places.WifiFile), StringComparison.Ordinal);
        Assert.Contains("\"is_set\":true", File.ReadAllText(_places.WifiFile), StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_NetworkForGuests_HasAnAddressOnlyWhileItIsWanted()
    {
        const string file = "root/run/systemd/network/75-skyminer-clients.network";
        Apply("wifi_client_name = Bob's *place*\nwifi_client_passphrase = welcome here\n");
        Assert.Contains("[Match]\nWLANInterfaceType=ap\nSSID=\"Bob?s ?place?\"\n", _folder.Read(file), StringComparison.Ordinal);
        Assert.Contains("Address=10.78.0.1/24\nDHCPServer=yes\n", _folder.Read(file), StringComparison.Ordinal);
        Assert.DoesNotContain("welcome", _folder.Read(file), StringComparison.Ordinal);
        Apply("wifi = off\nwifi_client_name = Bob's *place*\nwifi_client_passphrase = welcome here\n");
        Assert.False(File.Exists(_folder.File(file)));
        Assert.Contains("\"is_on\":false", File.ReadAllText(_places.WifiFile), StringComparison.Ordinal);
        Assert.Contains("\"client_name\":\"Bob\\u0027s *place*\"", File.ReadAllText(_places.WifiFile), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Change_ReplacesTheCardsFileOnlyWhenSomethingChanges()
    {
        Assert.Empty(SettingsWriter.Change(_places, [new SettingOrder("name", "attic")]));
        Assert.Equal(SettingsSample.Text().Replace("# name = attic\n", "name = attic\n", StringComparison.Ordinal), File.ReadAllText(_places.SettingsFile));
        var before = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_places.SettingsFile, before);
        Assert.Empty(SettingsWriter.Change(_places, [new SettingOrder("name", "attic")]));
        Assert.Single(SettingsWriter.Change(_places, [new SettingOrder("name", "a b")]));
        Assert.Equal(before, File.GetLastWriteTimeUtc(_places.SettingsFile));
    }

    private SettingsOutcome Apply(string? text)
    {
        if (text is not null)
        {
            File.WriteAllText(_places.SettingsFile, text);
        }

        return new SettingsApplier(_places, Sample.Board, _mesh, _system).Apply();
    }

    private sealed class FakeSystem : ISystemSettings
    {
        public string Name { get; private set; } = "";

        public string Country { get; private set; } = "";

        public bool Keeps { get; set; } = true;

        public void SetHostName(string name) => Name = name;

        public bool IsKept(string folder) => Keeps;

        public void SetWifiCountry(string country) => Country = country;
    }

    private sealed class FakeMesh : IMeshConfiguration
    {
        public string KeyFault { get; set; } = "";

        public int Hashes { get; private set; }

        public MeshPlaces? Places { get; private set; }

        public string EnsureKey(string file)
        {
            if (KeyFault.Length > 0)
            {
                throw new IOException(KeyFault);
            }

            File.WriteAllText(file, "key");
            return "02" + new string('0', 58) + "c0ffee";
        }

        public string HashPassword(string password)
        {
            Hashes++;
            return "hash of " + password;
        }

        public byte[] Render(BoardSettings settings, MeshPlaces places, ICollection<SettingsMistake> mistakes)
        {
            Places = places;
            return Encoding.UTF8.GetBytes(settings.Name + places.HostName);
        }
    }
}
