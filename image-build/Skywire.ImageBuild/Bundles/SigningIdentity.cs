// Who signs a bundle. Never a secret itself: a file's path or a token's address.
namespace Skywire.ImageBuild.Bundles;

/// <summary>
/// Key and certificate as RAUC takes them: PEM files, or PKCS#11 addresses (<c>pkcs11:...</c>) of a token that never lets the key out.
/// <paramref name="IsDevelopment"/>: made here at first use; boards in the field must not trust it.
/// </summary>
internal sealed record SigningIdentity(string Key, string Certificate, bool IsDevelopment)
{
    private const string TokenScheme = "pkcs11:";

    /// <summary>An operator's own key; a named file that is not there is an error, a token's address is RAUC's to judge.</summary>
    public static SigningIdentity Own(string key, string certificate) => new(Existing(key, "--key"), Existing(certificate, "--cert"), IsDevelopment: false);

    private static string Existing(string value, string option) => value.StartsWith(TokenScheme, StringComparison.Ordinal) ? value
        : File.Exists(value) ? Path.GetFullPath(value)
        : throw new ImageException($"there is no file {value}", $"{option} takes a PEM file or a PKCS#11 address ({TokenScheme}token=...;object=...)");
}
