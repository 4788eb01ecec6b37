using Skywire.ImageBuild.Bundles;

namespace Skywire.ImageBuild.Tests.Bundles;

public sealed class KeyringTests
{
    [Fact]
    public void Merge_TwoAuthoritiesInAnyOrderAndTwice_IsTheSameText()
    {
        using var scratch = new ScratchFolder();
        var (one, two) = (Keys(scratch, "one"), Keys(scratch, "two"));
        var text = Keyring.Merge([one.Authority, two.Authority]);
        Assert.Equal(text, Keyring.Merge([two.Authority, one.Authority, two.Authority]));
        Assert.Equal(2, text.Split("BEGIN CERTIFICATE").Length - 1);
        File.WriteAllText(scratch.At("merged.pem"), text);
        Assert.Equal(text, Keyring.Merge([scratch.At("merged.pem")]));
    }

    [Fact]
    public void Merge_SignerKeyEmptyOrMissingFile_IsRefused()
    {
        using var scratch = new ScratchFolder();
        var keys = Keys(scratch, "one");
        var signer = keys.Ensure(_ => { });
        File.WriteAllText(scratch.At("empty.pem"), "");
        Assert.Contains("not an authority", Assert.Throws<ImageException>(() => Keyring.Merge([signer.Certificate])).Message, StringComparison.Ordinal);
        Assert.Contains("private key", Assert.Throws<ImageException>(() => Keyring.Merge([signer.Key])).Message, StringComparison.Ordinal);
        Assert.Contains("no certificate", Assert.Throws<ImageException>(() => Keyring.Merge([scratch.At("empty.pem")])).Message, StringComparison.Ordinal);
        Assert.Throws<ImageException>(() => Keyring.Merge([scratch.At("none.pem")]));
        Assert.Throws<ImageException>(() => Keyring.Merge([]));
    }

    private static DevelopmentKeys Keys(ScratchFolder scratch, string name)
    {
        var keys = new DevelopmentKeys(scratch.At(name), TimeProvider.System);
        keys.Ensure(_ => { });
        return keys;
    }
}
