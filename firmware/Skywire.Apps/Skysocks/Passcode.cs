// The one secret of a proxy server.
using System.Security.Cryptography;
using System.Text;

namespace Skywire.Apps.Skysocks;

/// <summary>Compares user names and passwords with the passcode in constant time; only its digest is kept.</summary>
internal sealed class Passcode
{
    private readonly byte[] _digest;

    public Passcode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        _digest = SHA256.HashData(bytes);
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>True when the user name or the password is the passcode (spec 14 §4.1).</summary>
    public bool Accepts(ReadOnlySpan<byte> user, ReadOnlySpan<byte> password) => Matches(user) | Matches(password);

    private bool Matches(ReadOnlySpan<byte> candidate)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(candidate, digest);
        return CryptographicOperations.FixedTimeEquals(digest, _digest);
    }
}
