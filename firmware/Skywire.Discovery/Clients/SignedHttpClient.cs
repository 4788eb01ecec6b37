// Requests signed by the visor's key with a counter per service (spec 05).
using System.Globalization;
using System.Text;
using Skywire.Crypto;
using Skywire.Discovery.Json;
using Skywire.Wire;

namespace Skywire.Discovery.Clients;

/// <summary>
/// Signs requests to one service. One request is in flight at a time, because two with one nonce would fail each other. The nonce is fetched before the first
/// request, counted up on answers of exactly 200, and fetched anew after a refusal (one repetition) or when it is unknown whether a request arrived. Thread-safe.
/// </summary>
internal sealed class SignedHttpClient(ServiceLink link, SecKey key)
{
    private const string NonceText = "SW-Nonce does not match";
    private const int MaxErrorBytes = 16 * 1024;

    private readonly AsyncLock _turn = new();
    private ulong? _nonce;

    /// <summary>Header names of spec 05 §1.</summary>
    internal const string PublicHeader = "SW-Public", NonceHeader = "SW-Nonce", SignatureHeader = "SW-Sig", PublicAddressHeader = "SW-PublicIP";

    public ServiceLink Link => link;

    /// <summary>Sends one signed request within the time limit and returns the final answer, whatever its status.</summary>
    public Task<HttpReply> CallAsync(string method, string target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken, params KeyValuePair<string, string>[] headers) =>
        link.LimitedAsync(token => InTurnAsync(method, target, body, headers, token), cancellationToken);

    /// <summary>The bytes a signature covers: the body directly followed by the nonce in decimal.</summary>
    internal static byte[] SignedBytes(ReadOnlySpan<byte> body, ulong nonce) => [.. body, .. Encoding.ASCII.GetBytes(nonce.ToString(CultureInfo.InvariantCulture))];

    private async Task<HttpReply> InTurnAsync(string method, string target, ReadOnlyMemory<byte> body, KeyValuePair<string, string>[] headers, CancellationToken cancellationToken)
    {
        using var turn = await _turn.EnterAsync(cancellationToken);
        var nonce = _nonce ?? await FetchNonceAsync(cancellationToken);

        // Until an answer is here nobody knows whether the service counted.
        _nonce = null;
        var reply = await SendAsync(method, target, body, headers, nonce, cancellationToken);
        if (IsStale(reply))
        {
            nonce = await FetchNonceAsync(cancellationToken);
            reply = await SendAsync(method, target, body, headers, nonce, cancellationToken);
        }

        _nonce = reply.Status == 200 ? nonce + 1 : reply.Status == 401 ? null : nonce;
        return reply;
    }

    private Task<HttpReply> SendAsync(string method, string target, ReadOnlyMemory<byte> body, KeyValuePair<string, string>[] headers, ulong nonce, CancellationToken cancellationToken)
    {
        var all = new List<KeyValuePair<string, string>>(headers)
        {
            new(PublicHeader, key.PublicKey.ToString()),
            new(NonceHeader, nonce.ToString(CultureInfo.InvariantCulture)),
            new(SignatureHeader, key.SignPayload(SignedBytes(body.Span, nonce)).ToString()),
        };
        if (link.IsOverDmsg && link.Options.PublicAddress?.Invoke() is { Length: > 0 } address)
        {
            all.Add(new(PublicAddressHeader, address));
        }

        return link.SendAsync(method, target, body, all, cancellationToken);
    }

    private async Task<ulong> FetchNonceAsync(CancellationToken cancellationToken)
    {
        var reply = await link.SendAsync("GET", $"/security/nonces/{key.PublicKey}", default, [], cancellationToken);
        if (reply.Status != 200)
        {
            throw link.Refused(reply);
        }

        ulong nonce = 0;
        var read = JsonInput.Read<object>(reply.Body, MaxErrorBytes, root =>
            root.TryKey("edge"u8, out var edge) && edge == key.PublicKey && root.TryMember("next_nonce"u8, out var next)
            && next.ValueKind == System.Text.Json.JsonValueKind.Number && next.TryGetUInt64(out nonce) ? link : null);
        return read is not null ? nonce : throw link.BadAnswer("no nonce for this key");
    }

    // Any 401 counts as a stale nonce (spec 11 §1.1); the body form is looked at because a proxy may have changed the status.
    private static bool IsStale(HttpReply reply) => reply.Status == 401
        || (reply.Status != 200 && reply.Body.Length <= MaxErrorBytes && JsonInput.ErrorText(reply.Body).Contains(NonceText, StringComparison.Ordinal));
}
