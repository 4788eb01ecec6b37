using Skywire.ImageBuild.Bundles;

namespace Skywire.ImageBuild.Tests.Bundles;

public sealed class DevelopmentKeysTests
{
    private static readonly DateTimeOffset Today = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ensure_FirstAndSecondUse_MakesThemOnceForThisUserAlone()
    {
        using var scratch = new ScratchFolder();
        var said = new List<string>();
        var keys = new DevelopmentKeys(scratch.At("keys"), new FixedTime(Today));
        var signer = keys.Ensure(said.Add);
        var before = Directory.GetFiles(scratch.At("keys")).ToDictionary(f => f, File.ReadAllText);
        Assert.Equal(signer, keys.Ensure(said.Add));
        Assert.Equal(before, Directory.GetFiles(scratch.At("keys")).ToDictionary(f => f, File.ReadAllText));
        Assert.Single(said);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(scratch.At("keys")));
        Assert.All(before.Keys, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void Ensure_SignerRunOut_IsRenewedUnderTheSameAuthority()
    {
        using var scratch = new ScratchFolder();
        var keys = new DevelopmentKeys(scratch.At("keys"), new FixedTime(Today));
        var first = File.ReadAllText(keys.Ensure(_ => { }).Certificate);
        var authority = File.ReadAllText(keys.Authority);
        var later = new DevelopmentKeys(scratch.At("keys"), new FixedTime(Today.AddYears(6)));
        Assert.NotEqual(first, File.ReadAllText(later.Ensure(_ => { }).Certificate));
        Assert.Equal(authority, File.ReadAllText(later.Authority));
    }

    [Fact]
    public void Own_FilesAndTokens_AreToldApart()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.At("cert.pem"), "");
        var identity = SigningIdentity.Own("pkcs11:token=t;object=o", scratch.At("cert.pem"));
        Assert.Equal(("pkcs11:token=t;object=o", scratch.At("cert.pem"), false), (identity.Key, identity.Certificate, identity.IsDevelopment));
        Assert.Contains("--key", Assert.Throws<ImageException>(() => SigningIdentity.Own(scratch.At("none"), scratch.At("cert.pem"))).Remedy, StringComparison.Ordinal);
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
