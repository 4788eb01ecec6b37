// The box's secret from its passphrase: derived once and kept, for the derivation takes a small board a second or more.
using System.Security.Cryptography;
using System.Text;
using Skywire.Linux;

namespace Skywire.Boards.Settings;

/// <summary>
/// The secret (<see cref="BoxPassphrase"/>) as 64 hex digits in a file. Beside the settings' state lies a tag, HMAC-SHA256 of mesh name and
/// passphrase under the secret: it tells whether the kept secret is still that of the settings, and to somebody without the secret it tells nothing.
/// </summary>
internal static class BoxSecret
{
    /// <summary>Name of the tag's file.</summary>
    public const string TagFile = "box.tag";

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

        var secret = BoxPassphrase.Derive(settings.MeshPassphrase, settings.MeshName);
        AtomicFile.Write(places.SecretFile, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret) + "\n"), AtomicFile.Private);
        // After the secret: a power cut between the two only costs another derivation.
        KeptFile.Write(tagFile, Encoding.ASCII.GetBytes(Tag(secret, source) + "\n"), AtomicFile.Private);
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }

    /// <summary>
    /// Passphrase of the box on the air: the first 16 bytes of HMAC-SHA256(secret, "skyminer wifi") as 32 hex digits. Who learns it (a radio's firmware, a
    /// stranger with a board in hand) knows neither the passphrase nor the secret. "" when there is no secret.
    /// </summary>
    public static string AirPassphrase(ApplyPlaces places)
    {
        if (Read(places.SecretFile) is not { } secret)
        {
            return "";
        }

        var air = HMACSHA256.HashData(secret, "skyminer wifi"u8);
        CryptographicOperations.ZeroMemory(secret);
        return Convert.ToHexStringLower(air.AsSpan(0, 16));
    }

    private static string Tag(byte[] secret, byte[] source) => Convert.ToHexStringLower(HMACSHA256.HashData(secret, source));

    private static byte[]? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var text = File.ReadAllText(path).Trim();
        return text.Length == 2 * BoxPassphrase.SecretSize && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
    }
}
