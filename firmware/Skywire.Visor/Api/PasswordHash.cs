// The password of the web page, kept so that a copy of the configuration does not give it away.
using System.Security.Cryptography;
using System.Text;

namespace Skywire.Visor.Api;

/// <summary>PBKDF2-SHA256 of a password: <c>pbkdf2-sha256$ITERATIONS$SALT$HASH</c>, salt and hash in base64.</summary>
internal sealed class PasswordHash
{
    /// <summary>Fewest characters of a password: it may be tried over the network, slowed down but not locked.</summary>
    public const int MinimumLength = 10;

    // About 0.1 s on a small board; the attempts allowed per minute bound what that costs.
    private const int Iterations = 100_000;
    private const int MaximumIterations = 10_000_000;
    private const int SaltSize = 16;
    private const int HashSize = 32;
    private readonly int _iterations;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash)
    {
        _iterations = iterations;
        _salt = salt;
        _hash = hash;
    }

    /// <summary>Hashes a new password with fresh salt.</summary>
    public static PasswordHash Create(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        return new PasswordHash(Iterations, salt, Derive(password, salt, Iterations));
    }

    /// <summary>Parses the text form.</summary>
    public static bool TryParse(string text, out PasswordHash? hash)
    {
        hash = null;
        var parts = text.Split('$');
        var salt = new byte[64];
        var digest = new byte[64];
        if (parts.Length != 4 || parts[0] != "pbkdf2-sha256" || !int.TryParse(parts[1], System.Globalization.NumberStyles.None, null, out var iterations) || iterations is < 1 or > MaximumIterations
            || !Convert.TryFromBase64String(parts[2], salt, out var saltLength) || !Convert.TryFromBase64String(parts[3], digest, out var digestLength) || saltLength == 0 || digestLength == 0)
        {
            return false;
        }

        hash = new PasswordHash(iterations, salt[..saltLength], digest[..digestLength]);
        return true;
    }

    /// <summary>True when this is the password; constant time in the comparison.</summary>
    public bool Verify(string password)
    {
        var derived = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), _salt, _iterations, HashAlgorithmName.SHA256, _hash.Length);
        return CryptographicOperations.FixedTimeEquals(derived, _hash);
    }

    /// <summary>The text form.</summary>
    public override string ToString() => $"pbkdf2-sha256${_iterations}${Convert.ToBase64String(_salt)}${Convert.ToBase64String(_hash)}";

    private static byte[] Derive(string password, byte[] salt, int iterations) => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, HashSize);
}
