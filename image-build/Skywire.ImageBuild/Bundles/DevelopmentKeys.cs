// The keys of a checkout that is being worked on: one authority, one signer under it, made at first use outside the tree. An image built without further
// words trusts this authority; a production image is built with the production one (docs/updates.md).
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Skywire.ImageBuild.Bundles;

/// <summary>Keeps the development keys in one folder (0700), each file 0600.</summary>
internal sealed class DevelopmentKeys(string folder, TimeProvider time)
{
    // A board checks a bundle at the time of its signature, so these bound for how long bundles can be made, not for how long they install.
    private const int AuthorityYears = 20, SignerYears = 5;

    // What RAUC's check-purpose=codesign asks of a signer.
    private static readonly Oid CodeSigning = new("1.3.6.1.5.5.7.3.3");

    /// <summary>The folder of this user: <c>SKYMINER_UPDATE_KEYS</c>, else below the user's own configuration folder.</summary>
    public static string DefaultFolder =>
        Environment.GetEnvironmentVariable("SKYMINER_UPDATE_KEYS") is { Length: > 0 } own ? own
        : Path.Combine(Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"), "skyminer", "update-keys");

    /// <summary>Certificate of the authority: what goes into a keyring.</summary>
    public string Authority => Path.Combine(folder, "ca.pem");

    private string AuthorityKey => Path.Combine(folder, "ca.key");

    private string Signer => Path.Combine(folder, "signing.pem");

    private string SignerKey => Path.Combine(folder, "signing.key");

    /// <summary>The signer, made now if there is none that is valid today. <paramref name="made"/> is told when something was made.</summary>
    public SigningIdentity Ensure(Action<string> made)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!File.Exists(Authority) || !File.Exists(AuthorityKey))
        {
            MakeAuthority();
            made($"development keys made in {folder}");
        }

        if (!File.Exists(Signer) || !File.Exists(SignerKey) || !IsValid(Signer))
        {
            MakeSigner();
        }

        return new SigningIdentity(SignerKey, Signer, IsDevelopment: true);
    }

    private void MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Skyminer development authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.CreateSelfSigned(Begin, Begin.AddYears(AuthorityYears));
        Write(AuthorityKey, key.ExportPkcs8PrivateKeyPem());
        Write(Authority, certificate.ExportCertificatePem());
        // A signer of an authority that is gone is of no use.
        File.Delete(Signer);
    }

    private void MakeSigner()
    {
        using var authorityKey = ECDsa.Create();
        authorityKey.ImportFromPem(File.ReadAllText(AuthorityKey));
        using var authorityCertificate = X509Certificate2.CreateFromPem(File.ReadAllText(Authority));
        using var authority = authorityCertificate.CopyWithPrivateKey(authorityKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Skyminer development signer", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([CodeSigning], critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var certificate = request.Create(authority, Begin, Begin.AddYears(SignerYears), RandomNumberGenerator.GetBytes(16));
        Write(SignerKey, key.ExportPkcs8PrivateKeyPem());
        Write(Signer, certificate.ExportCertificatePem());
    }

    // A day back: the clock of another machine that checks may be behind.
    private DateTimeOffset Begin => time.GetUtcNow().AddDays(-1);

    private bool IsValid(string file)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(file));
        return time.GetUtcNow() < certificate.NotAfter.ToUniversalTime();
    }

    // The mode is set before the secret is in the file.
    private static void Write(string file, string pem)
    {
        using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        stream.Write(System.Text.Encoding.ASCII.GetBytes(pem + "\n"));
    }
}
