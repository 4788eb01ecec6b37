// The authorities a board trusts (/etc/rauc/keyring.pem). A key is changed by an update: image N trusts the old authority and the new one, image N+1 the new
// one alone; a board that leaves one of them out keeps to what it has.
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Skywire.ImageBuild.Bundles;

/// <summary>Reads certificates of authorities and writes them as one file, in an order that does not depend on theirs.</summary>
internal static class Keyring
{
    /// <summary>One PEM text of all authorities in <paramref name="files"/>. A certificate that is none, and a private key, are errors that name the file.</summary>
    public static string Merge(IReadOnlyList<string> files)
    {
        var blocks = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var certificate in Read(file))
            {
                using (certificate)
                {
                    var print = Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
                    blocks[print] = string.Create(CultureInfo.InvariantCulture, $"# {certificate.Subject}, until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}, SHA-256 {print}\n{certificate.ExportCertificatePem()}\n");
                }
            }
        }

        return blocks.Count > 0 ? string.Concat(blocks.Values) : throw new ImageException("the image would trust no authority, and so take no update ever", "--keyring FILE names one");
    }

    private static X509Certificate2Collection Read(string file)
    {
        var text = File.Exists(file) ? File.ReadAllText(file, Encoding.UTF8) : throw new ImageException($"there is no keyring {file}", "--keyring takes a PEM file with certificates of authorities");
        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            throw new ImageException($"{file} holds a private key", "a keyring is copied to every board: it takes certificates only");
        }

        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw new ImageException($"{file}: {e.Message}", "--keyring takes a PEM file with certificates of authorities");
        }

        var other = certificates.FirstOrDefault(c => !c.Extensions.OfType<X509BasicConstraintsExtension>().Any(b => b.CertificateAuthority));
        return other is null && certificates.Count > 0
            ? certificates
            : throw new ImageException(other is null ? $"{file} holds no certificate" : $"{file}: {other.Subject} is not an authority", "a keyring takes the authority's certificate, not the signer's");
    }
}
