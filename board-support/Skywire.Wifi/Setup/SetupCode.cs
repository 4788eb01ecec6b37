// The one-time code: passphrase of the setup access point, shown on the console only.
using System.Security.Cryptography;

namespace Skywire.Wifi.Setup;

/// <summary>Fills bytes that nobody can foretell: <see cref="RandomNumberGenerator.Fill"/> on a board.</summary>
public delegate void FillRandom(Span<byte> bytes);

/// <summary>Makes codes.</summary>
public static class SetupCode
{
    /// <summary>Characters that cannot be taken for another one on a screen: no i, l, o, 0, 1.</summary>
    public const string Alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

    /// <summary>Characters without the dash. Ten of 31 are 49 bits: who records the air during setup has years to guess with one graphics card (WPA2 stretches a passphrase 4096 times).</summary>
    public const int Length = 10;

    private const int Group = 5;

    // The largest multiple of the alphabet's size in a byte: above it characters would not be equally likely.
    private const int Fair = 256 / 31 * 31;

    /// <summary>A new code, "k7mf2-rtw9x".</summary>
    public static string Make(FillRandom random)
    {
        var code = new char[Length + 1];
        var bytes = new byte[32];
        var (at, next) = (0, bytes.Length);
        while (at < code.Length)
        {
            if (at == Group)
            {
                code[at++] = '-';
                continue;
            }

            if (next == bytes.Length)
            {
                random(bytes);
                next = 0;
            }

            if (bytes[next++] is < Fair and var value)
            {
                code[at++] = Alphabet[value % Alphabet.Length];
            }
        }

        CryptographicOperations.ZeroMemory(bytes);
        return new string(code);
    }

    /// <summary>What phones read from a QR code to join a network: reserved characters are escaped.</summary>
    public static string QrText(string name, string code) => $"WIFI:T:WPA;S:{Escape(name)};P:{Escape(code)};;";

    private static string Escape(string text) => string.Concat(text.Select(c => c is '\\' or ';' or ',' or ':' or '"' ? "\\" + c : c.ToString()));
}
