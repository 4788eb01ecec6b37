// The box's secret from its passphrase: derived once and kept, for the derivation takes a small board a second or more.
using System.Security.Cryptography;
using System.Text;
using Skywire.Linux;

namespace Skywire.Boards.Settings;

/// <summary>
/// PBKDF2-HMAC-SHA256(passphrase, "skyminer box " + mesh name, 200000 rounds, 32 bytes) as 64 hex digits in a file. Beside the settings' state lies a tag, HMAC-SHA256 of mesh name and
/// passphrase under the secret: it tells whether the kept secret is still that of the settings, and to somebody without the secret it tells nothing.
/// </summary>
internal static class BoxSecret
{
    /// <summary>Name of the tag's file.</summary>
    public const string TagFile = "box.tag";

    private const int Rounds = 200_000;
    private const int Size = 32;

    /// <summary>Derives the secret.</summary>
    public static byte[] Derive(string passphrase, string meshName)
        => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase), Encoding.UTF8.GetBytes("skyminer box " + meshName), Rounds, HashAlgorithmName.SHA256, Size);

    /// <summary>Makes the secret's file right for these settings; true when it had to be derived.</summary>
    public static bool Ensure(BoardSettings settings, ApplyPlaces places)
    {
        var tagFile = Path.Combine(places.Kept, TagFile);
        var source = Encoding.UTF8.GetBytes(settings.MeshName + "\0" + settings.MeshPassphrase);
        if (Read(places.SecretFile) is { } kept)
        {
            var isSame = File.Exists(tagFile) && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Tag(kept, source)), Encoding.ASCII.GetBytes(File.ReadAllText(tagFile).Trim()));
            CryptographicOperations.ZeroMemory(kept);
            if (isSame)
            {
                return false;
            }
        }

        var secret = Derive(settings.MeshPassphrase, settings.MeshName);
        AtomicFile.Write(places.SecretFile, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret) + "\n"), AtomicFile.Private);
        // After the secret: a power cut between the two only costs another derivation.
        KeptFile.Write(tagFile, Encoding.ASCII.GetBytes(Tag(secret, source) + "\n"), AtomicFile.Private);
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }

    private static string Tag(byte[] secret, byte[] source) => Convert.ToHexStringLower(HMACSHA256.HashData(secret, source));

    private static byte[]? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var text = File.ReadAllText(path).Trim();
        return text.Length == 2 * Size && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
    }
}
