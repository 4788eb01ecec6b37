// Network monitors deregister what they found dead (spec 11 §1.5).
using System.Text;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Json;

namespace Skywire.Services.Http;

/// <summary>Lets the monitors on a list pass. Their signature is constant, so whoever reads one can repeat it: keep the list short.</summary>
internal sealed class MonitorGate(IReadOnlyCollection<PubKey> allowed)
{
    private const int MaxNames = 10_000;
    private const int MaxBodyBytes = 1024 * 1024;

    /// <summary>The names to remove, or the refusal.</summary>
    public HttpReply? Check(HttpCall call, out IReadOnlyList<string> names)
    {
        names = [];
        var signatureText = call.Header("NM-Sign");
        if (!PubKey.TryParseHex(call.Header("NM-PK"), out var monitor) || !allowed.Contains(monitor) || string.IsNullOrEmpty(signatureText))
        {
            return Replies.Empty(403);
        }

        if (!Signature.TryParseHex(signatureText, out var signature))
        {
            return Replies.Empty(400);
        }

        if (!signature.VerifyPayload(monitor, Encoding.ASCII.GetBytes(monitor.ToString())))
        {
            return Replies.Empty(403);
        }

        if (JsonInput.Read(call.Body, MaxBodyBytes, root => JsonInput.Texts(root, MaxNames)) is not { } read)
        {
            return Replies.Empty(400);
        }

        names = read;
        return null;
    }
}
