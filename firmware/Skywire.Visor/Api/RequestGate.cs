// Who may call the local API over TCP. A web page from anywhere runs in the operator's browser and can reach loopback: it must not get in.
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Skywire.Discovery;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Api;

/// <summary>
/// Judges requests by Host (DNS rebinding), by Origin and a header of our own for changes (cross-site requests cannot set it without asking first),
/// and by password. The unix socket passes: its file mode is the judge there. Thread-safe.
/// </summary>
internal sealed class RequestGate(IReadOnlyList<string> hostNames, PasswordHash? password, TimeProvider time)
{
    /// <summary>Must stand on every changing request over TCP.</summary>
    public const string ChangeHeader = "X-Skywire-Request";

    // Each attempt costs a tenth of a second of a small board's processor: ten a minute is plenty for fingers and hopeless for guessing.
    private const int MaxFailuresPerMinute = 10;

    private readonly Lock _lock = new();
    private byte[]? _acceptedDigest;
    private int _failures;
    private long _windowStart = time.GetTimestamp();

    /// <summary>Null when the request may go on, else the status and why not.</summary>
    public (int Status, ErrorView Error)? Refuse(HttpCall call, HttpPeer peer)
    {
        if (peer.Address is null)
        {
            return null;
        }

        if (RefuseHost(call, peer) is { } refusal)
        {
            return refusal;
        }

        var host = call.Header("Host") ?? "";
        if (call.Method is not ("GET" or "HEAD"))
        {
            if (call.Header(ChangeHeader) is null)
            {
                return (403, new ErrorView("header_missing", $"a change needs the header {ChangeHeader}", $"send \"{ChangeHeader}: 1\""));
            }

            if (call.Header("Origin") is { } origin && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, host, StringComparison.OrdinalIgnoreCase)))
            {
                return (403, new ErrorView("origin_not_allowed", "another web site asked for this change", "use this visor's own page"));
            }
        }

        return password is null ? null : CheckPassword(call.Header("Authorization"));
    }

    /// <summary>As <see cref="Refuse"/>, but only by Host: for what holds no secret.</summary>
    public (int Status, ErrorView Error)? RefuseHost(HttpCall call, HttpPeer peer)
    {
        var host = call.Header("Host") ?? "";
        return peer.Address is null || IsOwnHost(host)
            ? null
            : (403, new ErrorView("host_not_allowed", $"the host name \"{host}\" is not this visor's", "open the page by its IP address, or add the name to api.host_names"));
    }

    private (int Status, ErrorView Error)? CheckPassword(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return (401, new ErrorView("password_missing", "this visor asks for a password", "give any user name and the password"));
        }

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(authorization));
        lock (_lock)
        {
            if (_acceptedDigest is not null && CryptographicOperations.FixedTimeEquals(digest, _acceptedDigest))
            {
                return null;
            }

            if (time.GetElapsedTime(_windowStart) > TimeSpan.FromMinutes(1))
            {
                (_windowStart, _failures) = (time.GetTimestamp(), 0);
            }

            if (_failures >= MaxFailuresPerMinute)
            {
                return (429, new ErrorView("too_many_attempts", "too many wrong passwords", "wait a minute"));
            }

            // Under the lock on purpose: guesses queue up instead of sharing out the processor.
            if (!password!.Verify(PasswordOf(authorization)))
            {
                _failures++;
                return (401, new ErrorView("password_wrong", "wrong password", "give any user name and the password"));
            }

            _acceptedDigest = digest;
            return null;
        }
    }

    private static string PasswordOf(string authorization)
    {
        var encoded = authorization["Basic ".Length..].Trim();
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
        {
            return "";
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? "" : text[(colon + 1)..];
    }

    // An IP address cannot be rebound; a name can, so only known ones pass.
    private bool IsOwnHost(string host)
    {
        if (!Uri.TryCreate("http://" + host, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || !string.Equals(uri.PathAndQuery, "/", StringComparison.Ordinal))
        {
            return false;
        }

        var name = uri.Host.Trim('[', ']');
        return IPAddress.TryParse(name, out _) || string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase) || hostNames.Contains(name, StringComparer.OrdinalIgnoreCase);
    }
}
