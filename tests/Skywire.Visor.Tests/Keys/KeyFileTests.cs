using Skywire.Crypto;
using Skywire.Visor.Config;
using Skywire.Visor.Keys;

namespace Skywire.Visor.Tests.Keys;

public sealed class KeyFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_NewFile_IsPrivateAndLoadsBack()
    {
        var path = _folder.File("sub/visor.key");
        var key = KeyFile.Create(path, SystemEntropy.Instance);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        using var loaded = KeyFile.Load(path);
        Assert.Equal(key, loaded.PublicKey);
        Assert.Equal(["visor.key"], Directory.GetFiles(_folder.File("sub")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("precious")]
    public void Create_ExistingFile_IsNeverOverwritten(string content)
    {
        var path = _folder.Write("visor.key", content);
        var error = Assert.Throws<ConfigurationException>(() => KeyFile.Create(path, SystemEntropy.Instance));
        Assert.Equal($"{path}: key file exists already; it is never overwritten; choose another name, or move it away yourself", error.Message);
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void Load_OpenPermissions_IsRefusedWithRemedy(UnixFileMode extra)
    {
        var path = Make();
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | extra);
        var error = Assert.Throws<ConfigurationException>(() => KeyFile.Load(path));
        Assert.Contains("mode 6", error.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod 600 {path}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFile_SaysHowToMakeOne()
    {
        var error = Assert.Throws<ConfigurationException>(() => KeyFile.Load(_folder.File("x")));
        Assert.EndsWith($"key file does not exist; make one with \"skywire key gen {_folder.File("x")}\"", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\0\0\0\0", "holds NUL bytes only")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nx\ny\n", "is not a key file of this program")]
    public void Load_ForeignFile_IsRefused(string content, string cause)
    {
        var path = _folder.Write("visor.key", content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains("key file " + cause, Assert.Throws<ConfigurationException>(() => KeyFile.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public void Load_CutOrChangedAnywhere_IsRefusedAndNeverShowsTheSecret()
    {
        var path = Make();
        var whole = File.ReadAllBytes(path);
        var secret = File.ReadAllLines(path)[2]["secret ".Length..];
        for (var i = 0; i < whole.Length - 1; i++)
        {
            Refused(whole[..i]);
            var changed = (byte[])whole.Clone();
            changed[i] = changed[i] == (byte)'0' ? (byte)'1' : (byte)'0';
            Refused(changed);
        }

        void Refused(byte[] content)
        {
            File.WriteAllBytes(path, content);
            var error = Assert.Throws<ConfigurationException>(() => KeyFile.Load(path));
            Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal);
        }
    }

    private string Make()
    {
        var path = _folder.File("visor.key");
        KeyFile.Create(path, new Skywire.Testing.SeededEntropy(9));
        return path;
    }
}
