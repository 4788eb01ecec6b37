// From what people agree on (a mesh's name and a passphrase) to the secret that boards share.
using System.Security.Cryptography;
using System.Text;

namespace Skywire.Boards.Settings;

/// <summary>The derivation every board of a box has to do alike (docs/box.md).</summary>
public static class BoxPassphrase
{
    /// <summary>Bytes of the secret.</summary>
    public const int SecretSize = 32;

    // Slow on purpose: the passphrase is all that keeps a neighbour on the same wire out. A board needs about half a second, once.
    private const int Rounds = 200_000;

    /// <summary>PBKDF2-HMAC-SHA256(passphrase, "skyminer box " + mesh name, 200000 rounds), 32 bytes. The caller wipes them.</summary>
    public static byte[] Derive(string passphrase, string meshName)
        => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase), Encoding.UTF8.GetBytes("skyminer box " + meshName), Rounds, HashAlgorithmName.SHA256, SecretSize);
}
