// The server side of signed requests (spec 05 §2).
using System.Globalization;
using System.Text;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Clients;
using Skywire.Discovery.Json;
using Skywire.Services.Store;

namespace Skywire.Services.Http;

/// <summary>Who calls. <paramref name="Nonce"/> is null for a caller over dmsg, whom the stream has authenticated.</summary>
internal readonly record struct AuthenticatedCaller(PubKey Key, ulong? Nonce);

/// <summary>
/// Checks signed requests of one service and keeps its nonces. The check is made before the handler, outside of any transaction because it costs curve work, and
/// the nonce is checked again inside the handler's transaction, which also increments it: two requests with one nonce cannot both pass.
/// </summary>
internal sealed class RequestAuthenticator(string service, IServiceStore store)
{
    private readonly string _kind = service + ".nonce";

    /// <summary>The refusal, or null and the caller. Order of the checks as in spec 05 §2, because clients tell the texts apart.</summary>
    public HttpReply? Check(HttpCall call, HttpPeer peer, out AuthenticatedCaller caller)
    {
        caller = default;
        var publicText = call.Header(SignedHttpClient.PublicHeader);
        if (!peer.DmsgKey.IsNull)
        {
            // The stream proves the key; headers may say the same, never another (spec 05 §4).
            if (!string.IsNullOrEmpty(publicText) && !(PubKey.TryParseHex(publicText, out var claimed) && claimed == peer.DmsgKey))
            {
                return Refuse("SW-Public is not the key of the connection");
            }

            caller = new AuthenticatedCaller(peer.DmsgKey, null);
            return null;
        }

        if (string.IsNullOrEmpty(publicText))
        {
            return Refuse("SW-Public missing");
        }

        if (!PubKey.TryParseLenient(publicText, out var key))
        {
            return Refuse("error parsing SW-Public: Invalid public key");
        }

        var signatureText = call.Header(SignedHttpClient.SignatureHeader);
        if (string.IsNullOrEmpty(signatureText))
        {
            return Refuse("SW-Sig missing");
        }

        if (!Signature.TryParseHex(signatureText, out var signature))
        {
            return Refuse($"error parsing SW-Sig:'{signatureText}': {(signatureText.All(char.IsAsciiHexDigit) ? "Invalid signature length" : "Invalid signature")}");
        }

        var nonceText = call.Header(SignedHttpClient.NonceHeader);
        if (string.IsNullOrEmpty(nonceText))
        {
            return Refuse("SW-Nonce missing");
        }

        if (!ulong.TryParse(nonceText, NumberStyles.None, CultureInfo.InvariantCulture, out var nonce))
        {
            return Refuse("error parsing SW-Nonce: " + (nonceText.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax"));
        }

        if (store.Read(reader => NonceOf(reader, key)) != nonce)
        {
            return StaleNonce();
        }

        if (!signature.VerifyPayload(key, SignedHttpClient.SignedBytes(call.Body.Span, nonce)))
        {
            return Refuse("Recovered pubkey does not match pubkey");
        }

        caller = new AuthenticatedCaller(key, nonce);
        return null;
    }

    /// <summary>Runs the handler's work in a transaction; the nonce moves on an answer of exactly 200.</summary>
    public HttpReply Run(AuthenticatedCaller caller, Func<IStoreWriter, HttpReply> work) => store.Write(writer =>
    {
        if (caller.Nonce is not { } nonce)
        {
            return work(writer);
        }

        if (NonceOf(writer, caller.Key) != nonce)
        {
            return StaleNonce();
        }

        var reply = work(writer);
        if (reply.Status == 200)
        {
            writer.Put(_kind, caller.Key.ToString(), Encoding.ASCII.GetBytes((nonce + 1).ToString(CultureInfo.InvariantCulture)), expires: null);
        }

        return reply;
    });

    /// <summary>GET /security/nonces/{key}.</summary>
    public Func<IStoreReader, HttpReply> AnswerNonce(ServiceRequest request)
    {
        if (!PubKey.TryParseHex(request.Captures[0], out var key))
        {
            return _ => Replies.NestedError(400, "Invalid public key", newline: true);
        }

        return reader => Replies.Json(200, new JsonText().BeginObject().Name("edge").Text(key.ToString()).Name("next_nonce").Number(NonceOf(reader, key)).EndObject().Newline());
    }

    private ulong NonceOf(IStoreReader reader, PubKey key) =>
        reader.Get(_kind, key.ToString()) is { } record ? ulong.Parse(Encoding.ASCII.GetString(record.Value.Span), NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    private static HttpReply StaleNonce() => Refuse("SW-Nonce does not match");

    private static HttpReply Refuse(string text) => Replies.NestedError(401, text, newline: true);
}
