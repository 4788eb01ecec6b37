using System.Security.Cryptography;
using System.Text;
using Skywire.Visor.Config;
using Skywire.Visor.Keys;

namespace Skywire.Visor.Tests.Keys;

public sealed class BoxSecretFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_NameAndPassphrase_GivesTheAgreedBytesPrivately()
    {
        var file = _folder.File("box.secret");
        BoxSecretFile.Write(file, "home", "three words more");
        var expected = Rfc2898DeriveBytes.Pbkdf2("three words more", Encoding.UTF8.GetBytes("skyminer box home"), 200_000, HashAlgorithmName.SHA256, 32);
        Assert.Equal(Convert.ToHexStringLower(expected) + "\n", File.ReadAllText(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using var secret = BoxSecretFile.Load(file);
        Assert.DoesNotContain(Convert.ToHexStringLower(expected)[..8], secret.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("zz000000000000000000000000000000000000000000000000000000000000000")]
    public void Load_NoSecret_IsRefusedWithRemedy(string content)
    {
        var file = _folder.Write("box.secret", content);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains("skywire box secret", Assert.Throws<ConfigurationException>(() => BoxSecretFile.Load(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OthersMayRead_IsRefused()
    {
        var file = _folder.Write("box.secret", new string('a', 64));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<ConfigurationException>(() => BoxSecretFile.Load(file)).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<ConfigurationException>(() => BoxSecretFile.Load(_folder.File("none"))).Message, StringComparison.Ordinal);
    }
}
