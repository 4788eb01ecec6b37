// The time from the Date header of web servers over TLS, where NTP is blocked. The certificate is judged at the date it vouches for: with a clock of years ago every certificate
// would be "not valid yet", and that is just what is to be mended.
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Skywire.Boards.Clock;

/// <summary>One server to ask.</summary>
public sealed record WebDateServer(string Host, int Port = 443)
{
    /// <summary>Servers of different operators that are reachable nearly everywhere; two must agree.</summary>
    public static IReadOnlyList<WebDateServer> Default { get; } = [new("www.debian.org"), new("www.kernel.org"), new("www.wikipedia.org"), new("www.cloudflare.com")];
}

/// <summary>Asks web servers for the date.</summary>
public sealed class WebDate(TimeProvider time, X509Certificate2Collection? roots = null)
{
    /// <summary>Dates that differ by more than this do not agree.</summary>
    public static readonly TimeSpan Agreement = TimeSpan.FromSeconds(30);

    private const int MaxReply = 16 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A date on which two servers agree, moved on by the time since it came; null when there are none. What was wrong with each server goes to <paramref name="notes"/>.
    /// </summary>
    public async Task<DateTimeOffset?> AskAsync(IReadOnlyList<WebDateServer> servers, ICollection<string> notes, CancellationToken cancellationToken)
    {
        var seen = new List<(DateTimeOffset Date, long At)>();
        foreach (var server in servers)
        {
            using var limit = new CancellationTokenSource(Limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                var date = await AskOneAsync(server, either.Token);
                var at = time.GetTimestamp();
                foreach (var other in seen)
                {
                    if ((date - (other.Date + time.GetElapsedTime(other.At, at))).Duration() <= Agreement)
                    {
                        return date + time.GetElapsedTime(at);
                    }
                }

                seen.Add((date, at));
            }
            catch (Exception e) when (e is IOException or SocketException or AuthenticationException or FormatException)
            {
                notes.Add($"{server.Host}: {e.Message}");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                notes.Add($"{server.Host}: no answer within {Limit.TotalSeconds:0} s");
            }
        }

        if (seen.Count > 0)
        {
            notes.Add($"{seen.Count} server{(seen.Count == 1 ? "" : "s")} answered, no two agree");
        }

        return null;
    }

    /// <summary>The Date header of an HTTP reply's head; null when it is incomplete or has none.</summary>
    internal static DateTimeOffset? DateOf(ReadOnlySpan<byte> reply)
    {
        var end = reply.IndexOf("\r\n\r\n"u8);
        if (end < 0 || !reply.StartsWith("HTTP/1."u8))
        {
            return null;
        }

        foreach (var line in Encoding.Latin1.GetString(reply[..end]).Split("\r\n"))
        {
            if (line.StartsWith("date:", StringComparison.OrdinalIgnoreCase) && DateTimeOffset.TryParseExact(line[5..].Trim(), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            {
                return date;
            }
        }

        return null;
    }

    private async Task<DateTimeOffset> AskOneAsync(WebDateServer server, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, cancellationToken);
        X509Certificate2? certificate = null;
        var others = new X509Certificate2Collection();
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, leaf, chain, errors) =>
        {
            // The chain is judged below, when the date is known; the name is judged by the platform here.
            var isNamed = (errors & (SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable)) == 0;
            certificate = leaf is null ? null : X509CertificateLoader.LoadCertificate(leaf.GetRawCertData());
            if (chain is not null)
            {
                others.AddRange(chain.ChainPolicy.ExtraStore);
            }

            return isNamed;
        });
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = server.Host }, cancellationToken);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"HEAD / HTTP/1.1\r\nHost: {server.Host}\r\nConnection: close\r\n\r\n"), cancellationToken);
        var reply = new byte[MaxReply];
        var length = 0;
        DateTimeOffset? date = null;
        while (date is null && length < reply.Length)
        {
            var read = await tls.ReadAsync(reply.AsMemory(length), cancellationToken);
            length += read;
            date = DateOf(reply.AsSpan(0, length));
            if (read == 0)
            {
                break;
            }
        }

        if (date is not { } found)
        {
            throw new FormatException("the answer has no date");
        }

        return certificate is not null && IsTrusted(certificate, others, found) ? found : throw new AuthenticationException("its certificate is not trusted at the date it gives");
    }

    private bool IsTrusted(X509Certificate2 certificate, X509Certificate2Collection others, DateTimeOffset at)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.VerificationTime = at.LocalDateTime;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ExtraStore.AddRange(others);
        if (roots is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        }

        return chain.Build(certificate);
    }
}
