// The address resolver's HTTP part (spec 11 §3.1).
using System.Globalization;
using Skywire.Crypto;
using Skywire.Discovery.Clients;
using Skywire.Discovery.Json;
using Skywire.Wire;

namespace Skywire.Discovery;

/// <summary>Client of an address resolver. Thread-safe.</summary>
public sealed class AddressResolverClient : IAddressResolver
{
    private const int MaxAddresses = 64;
    private const int MaxKeys = 100_000;

    private readonly SignedHttpClient _client;

    /// <summary>Talks to the resolver at <paramref name="address"/> in the name of <paramref name="key"/>, which the caller keeps alive.</summary>
    public AddressResolverClient(IHttpExchange exchange, string address, SecKey key, ServiceClientOptions options, TimeProvider time)
    {
        _client = new SignedHttpClient(new ServiceLink(exchange, "address resolver", address, options, time), key);
    }

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes => Link.Causes;

    private ServiceLink Link => _client.Link;

    /// <inheritdoc/>
    public async Task BindStcprAsync(int port, IReadOnlyList<string> addresses, CancellationToken cancellationToken)
    {
        var json = new JsonText(escapeHtml: true).BeginObject().Name("port").Text(port.ToString(CultureInfo.InvariantCulture)).Name("addresses").BeginArray();
        foreach (var address in addresses)
        {
            json.Text(address);
        }

        Check(await _client.CallAsync("POST", "/bind/stcpr", json.EndArray().EndObject().Newline().ToArray(), cancellationToken));
    }

    /// <inheritdoc/>
    public async Task UnbindStcprAsync(CancellationToken cancellationToken) =>
        Check(await _client.CallAsync("DELETE", "/bind/stcpr", "{}\n"u8.ToArray(), cancellationToken));

    /// <inheritdoc/>
    public async Task<ResolvedAddress?> ResolveAsync(string type, PubKey key, CancellationToken cancellationToken)
    {
        var reply = await _client.CallAsync("GET", $"/resolve/{type}/{key}", default, cancellationToken);
        return reply.Status switch
        {
            200 => JsonInput.Read(reply.Body, Link.Options.MaxAnswerBytes, ReadAddress) ?? throw Link.BadAnswer("no address"),
            404 => null,
            _ => throw Link.Refused(reply),
        };
    }

    /// <summary>Keys that can be reached by this transport type. Not signed: the resolver does not count this call (quirk 5 of the reference).</summary>
    public async Task<IReadOnlyList<PubKey>> ListAsync(string type, CancellationToken cancellationToken)
    {
        var reply = await Link.CallAsync("GET", "/transports", default, cancellationToken);
        if (reply.Status != 200)
        {
            throw Link.Refused(reply);
        }

        var keys = JsonInput.Read(reply.Body, Link.Options.MaxAnswerBytes, root =>
        {
            if (root.ValueKind != System.Text.Json.JsonValueKind.Object)
            {
                return null;
            }

            return root.TryMember(System.Text.Encoding.ASCII.GetBytes(type), out var list) ? JsonInput.Texts(list, MaxKeys) : [];
        }) ?? throw Link.BadAnswer("no list of keys");
        var result = new List<PubKey>(keys.Count);
        foreach (var text in keys)
        {
            // One odd key among thousands does not make the others useless.
            if (PubKey.TryParseHex(text, out var key))
            {
                result.Add(key);
            }
            else
            {
                Causes.Add(ProtocolError.BadServiceAnswer);
            }
        }

        return result;
    }

    private static ResolvedAddress? ReadAddress(System.Text.Json.JsonElement root)
    {
        if (!root.TryText("remote_addr"u8, out var remote) || !root.TryText("port"u8, out var port))
        {
            return null;
        }

        List<string>? addresses = [];
        if (root.TryMember("addresses"u8, out var list) && (addresses = JsonInput.Texts(list, MaxAddresses)) is null)
        {
            return null;
        }

        var isLocal = root.TryMember("is_local"u8, out var flag) && flag.ValueKind == System.Text.Json.JsonValueKind.True;
        return remote.Length == 0 && addresses.Count == 0 ? null : new ResolvedAddress(remote, isLocal, port, addresses);
    }

    private void Check(HttpReply reply)
    {
        if (reply.Status != 200)
        {
            throw Link.Refused(reply);
        }
    }
}
