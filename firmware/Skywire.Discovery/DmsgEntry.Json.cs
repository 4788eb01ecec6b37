// JSON form, signing and verification of discovery entries (spec 03 §10).
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery.Json;

namespace Skywire.Discovery;

public sealed partial record DmsgEntry
{
    /// <summary>Longest text taken as an entry: the most delegated servers we accept fit in twice.</summary>
    public const int MaxTextBytes = 64 * 1024;

    /// <summary>Most delegated servers accepted: as many as the discovery lists servers (spec 03 §10).</summary>
    public const int MaxDelegatedServers = 512;

    private static readonly byte[] Unsigned = new byte[Signature.Size];

    private DmsgEntry(DmsgEntry original)
    {
        // A copy is about to differ from the text received, so it does not take that text along.
        Version = original.Version;
        Sequence = original.Sequence;
        Timestamp = original.Timestamp;
        Static = original.Static;
        DelegatedServers = original.DelegatedServers;
        ServerListIsNull = original.ServerListIsNull;
        ClientType = original.ClientType;
        Server = original.Server;
        Protocol = original.Protocol;
        Signature = original.Signature;
    }

    /// <summary>The JSON received, exactly; empty for an entry made here or changed by <c>with</c>.</summary>
    public ReadOnlyMemory<byte> SignedText { get; private init; }

    /// <summary>True when a signature was given at all, be it well-formed or not.</summary>
    public bool HasSignature => SignatureGiven || !IsUnsigned;

    private bool SignatureGiven { get; init; }

    /// <summary>
    /// Parses one entry. Null when the text is no JSON object, exceeds a limit, or a known member has the wrong kind. Members unknown here are kept in
    /// <see cref="SignedText"/>; missing ones are empty. Whether the entry makes sense is for <see cref="Verify"/> and the discovery's checks. Never throws.
    /// </summary>
    public static DmsgEntry? Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxTextBytes)
        {
            return null;
        }

        ReadOnlyMemory<byte> copy = text.ToArray();
        return JsonInput.Read(copy, MaxTextBytes, FromJson);
    }

    /// <summary>Parses an array of entries; null when it is none, longer than <paramref name="limit"/> bytes, or an element is no entry. Never throws.</summary>
    public static IReadOnlyList<DmsgEntry>? ParseList(ReadOnlyMemory<byte> text, int limit) => JsonInput.Read(text, limit, root =>
    {
        if (root.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var entries = new List<DmsgEntry>(root.GetArrayLength());
        foreach (var element in root.EnumerateArray())
        {
            if (FromJson(element) is not { } entry)
            {
                return null;
            }

            entries.Add(entry);
        }

        return entries;
    });

    /// <summary>The entry as it goes over the wire: the received text if there is one, else the canonical JSON with the signature.</summary>
    public byte[] ToJson() => SignedText.IsEmpty ? Encode(withSignature: true) : SignedText.ToArray();

    /// <summary>The canonical JSON without signature: what a signature covers.</summary>
    public byte[] SignedBytes() => Encode(withSignature: false);

    /// <summary>Returns a copy signed by <paramref name="key"/>, which must be that of <see cref="Static"/>.</summary>
    public DmsgEntry Sign(SecKey key)
    {
        if (key.PublicKey != Static)
        {
            throw new ArgumentException("an entry is signed by its own key only", nameof(key));
        }

        return this with { Signature = key.SignPayload(SignedBytes()) };
    }

    /// <summary>
    /// True when <see cref="Static"/> signed this entry: judged over the received text with only the signature member cut out, so that members of a newer
    /// version do no harm, then over our own encoding, so that spacing and order do none.
    /// </summary>
    public bool Verify()
    {
        if (IsUnsigned)
        {
            return false;
        }

        return (!SignedText.IsEmpty && CutSignature(SignedText) is { } cut && Signature.VerifyPayload(Static, cut)) || Signature.VerifyPayload(Static, SignedBytes());
    }

    /// <summary>
    /// The entry with another server type, written into the text so that members unknown here survive. The signature stays and no longer covers the entry:
    /// that is how the reference stores server entries (spec 03 §10, check 6).
    /// </summary>
    internal DmsgEntry WithServerType(string serverType)
    {
        if (Server is null || Server.ServerType == serverType)
        {
            return this;
        }

        // A text that cannot be rewritten member by member (a member name that is no Unicode) is dropped; the members known here stay.
        var text = JsonInput.Read<byte[]>(ToJson(), MaxTextBytes, root => ReplaceServerType(root, serverType));
        return this with { Server = Server with { ServerType = serverType }, SignatureGiven = HasSignature, SignedText = text ?? ReadOnlyMemory<byte>.Empty };
    }

    /// <summary>Equality of the members, lists compared by content; the received text does not count.</summary>
    public bool Equals(DmsgEntry? other) => other is not null && Static == other.Static && Signature == other.Signature && SignedBytes().AsSpan().SequenceEqual(other.SignedBytes());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Static, Sequence, Timestamp);

    private bool IsUnsigned
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Signature.Size];
            Signature.CopyTo(bytes);
            return bytes.SequenceEqual(Unsigned);
        }
    }

    private byte[] Encode(bool withSignature)
    {
        var json = new JsonText().BeginObject()
            .Name("version").Text(Version)
            .Name("sequence").Number(Sequence)
            .Name("timestamp").Number(Timestamp)
            .Name("static").Text(Static.ToString());
        if (DelegatedServers is not null)
        {
            json.Name("client").BeginObject().Name("delegated_servers");
            WriteServers(json, DelegatedServers);
            json.EndObject();
        }

        WriteOptional(json, "client_type", ClientType);
        if (Server is not null)
        {
            WriteServer(json, Server);
        }

        if (withSignature && !IsUnsigned)
        {
            json.Name("signature").Text(Signature.ToString());
        }

        WriteOptional(json, "protocol", Protocol);
        return json.EndObject().ToArray();
    }

    private void WriteServers(JsonText json, IReadOnlyList<PubKey> servers)
    {
        if (ServerListIsNull && servers.Count == 0)
        {
            json.Null();
            return;
        }

        json.BeginArray();
        foreach (var server in servers)
        {
            json.Text(server.ToString());
        }

        json.EndArray();
    }

    private static void WriteServer(JsonText json, DmsgServerInfo server)
    {
        json.Name("server").BeginObject().Name("address").Text(server.Address);
        WriteOptional(json, "address_v6", server.AddressV6);
        WriteOptional(json, "address_udp", server.AddressUdp);
        WriteOptional(json, "address_udp_v6", server.AddressUdpV6);
        WriteOptional(json, "address_ws", server.AddressWs);
        json.Name("availableSessions").Number(server.AvailableSessions);
        WriteOptional(json, "serverType", server.ServerType);
        if (server.DhtBootstrap)
        {
            json.Name("dht_bootstrap").Flag(true);
        }

        json.EndObject();
    }

    private static void WriteOptional(JsonText json, string name, string value)
    {
        if (value.Length > 0)
        {
            json.Name(name).Text(value);
        }
    }

    private static DmsgEntry? FromJson(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryText("version"u8, out var version)
            || !root.TryKey("static"u8, out var key)
            || !root.TryText("client_type"u8, out var clientType)
            || !root.TryText("signature"u8, out var signatureText)
            || !root.TryText("protocol"u8, out var protocol))
        {
            return null;
        }

        var sequence = 0UL;
        var timestamp = 0L;
        if ((root.TryMember("sequence"u8, out var s) && !(s.ValueKind == JsonValueKind.Number && s.TryGetUInt64(out sequence)))
            || (root.TryMember("timestamp"u8, out var t) && !(t.ValueKind == JsonValueKind.Number && t.TryGetInt64(out timestamp))))
        {
            return null;
        }

        List<PubKey>? delegated = null;
        var listIsNull = false;
        if (root.TryMember("client"u8, out var client) && !TryReadClient(client, out delegated, out listIsNull))
        {
            return null;
        }

        DmsgServerInfo? server = null;
        if (root.TryMember("server"u8, out var part) && (server = ReadServer(part)) is null)
        {
            return null;
        }

        // A signature that is no signature is left zero: it fails verification, which is what the reference answers.
        _ = Signature.TryParseHex(signatureText, out var signature);
        return new DmsgEntry
        {
            Version = version,
            Sequence = sequence,
            Timestamp = timestamp,
            Static = key,
            DelegatedServers = delegated,
            ServerListIsNull = listIsNull,
            ClientType = clientType,
            Server = server,
            Protocol = protocol,
            Signature = signature,
            SignatureGiven = signatureText.Length > 0,
            SignedText = RawBytes(root),
        };
    }

    private static bool TryReadClient(JsonElement client, out List<PubKey>? delegated, out bool listIsNull)
    {
        delegated = null;
        listIsNull = false;
        if (client.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        delegated = [];
        if (!client.TryMember("delegated_servers"u8, out var list))
        {
            listIsNull = true;
            return true;
        }

        if (JsonInput.Texts(list, MaxDelegatedServers) is not { } texts)
        {
            return false;
        }

        foreach (var text in texts)
        {
            if (!PubKey.TryParseLenient(text, out var server))
            {
                return false;
            }

            delegated.Add(server);
        }

        return true;
    }

    private static DmsgServerInfo? ReadServer(JsonElement part)
    {
        var sessions = 0;
        var bootstrap = false;
        if (part.ValueKind != JsonValueKind.Object
            || !part.TryText("address"u8, out var address)
            || !part.TryText("address_v6"u8, out var addressV6)
            || !part.TryText("address_udp"u8, out var addressUdp)
            || !part.TryText("address_udp_v6"u8, out var addressUdpV6)
            || !part.TryText("address_ws"u8, out var addressWs)
            || !part.TryText("serverType"u8, out var serverType)
            || (part.TryMember("availableSessions"u8, out var number) && !(number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out sessions))))
        {
            return null;
        }

        if (part.TryMember("dht_bootstrap"u8, out var flag))
        {
            if (flag.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return null;
            }

            bootstrap = flag.GetBoolean();
        }

        return new DmsgServerInfo(address, sessions, serverType) { AddressV6 = addressV6, AddressUdp = addressUdp, AddressUdpV6 = addressUdpV6, AddressWs = addressWs, DhtBootstrap = bootstrap };
    }

    private static byte[] RawBytes(JsonElement element) => System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element).ToArray();

    private static byte[] ReplaceServerType(JsonElement root, string serverType)
    {
        var json = new JsonText().BeginObject();
        foreach (var member in root.EnumerateObject())
        {
            json.Name(member.Name);
            if (!member.NameEquals("server"u8))
            {
                json.Raw(RawBytes(member.Value));
                continue;
            }

            json.BeginObject();
            foreach (var inner in member.Value.EnumerateObject())
            {
                if (!inner.NameEquals("serverType"u8))
                {
                    json.Name(inner.Name).Raw(RawBytes(inner.Value));
                }

                if (inner.NameEquals("availableSessions"u8))
                {
                    json.Name("serverType").Text(serverType);
                }
            }

            json.EndObject();
        }

        return json.EndObject().ToArray();
    }

    /// <summary>The text without its one top-level signature member and the comma that belongs to it; null when there is not exactly one.</summary>
    private static byte[]? CutSignature(ReadOnlyMemory<byte> text)
    {
        var reader = new Utf8JsonReader(text.Span);
        int start = -1, end = -1;
        var previousEnd = -1;
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && !reader.ValueIsEscaped && reader.ValueTextEquals("signature"u8))
            {
                if (start >= 0)
                {
                    return null;
                }

                // Up to the end of the member before: takes the comma between with it.
                start = previousEnd < 0 ? (int)reader.TokenStartIndex : previousEnd;
                reader.Skip();
                end = (int)reader.BytesConsumed;
                if (previousEnd < 0)
                {
                    end += LeadingComma(text.Span[end..]);
                }
            }

            previousEnd = reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == 0 ? -1 : (int)reader.BytesConsumed;
        }

        return start < 0 ? null : [.. text.Span[..start], .. text.Span[end..]];
    }

    /// <summary>Bytes up to and including the comma that follows; 0 when none does.</summary>
    private static int LeadingComma(ReadOnlySpan<byte> rest)
    {
        var i = 0;
        while (i < rest.Length && rest[i] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            i++;
        }

        return i < rest.Length && rest[i] == (byte)',' ? i + 1 : 0;
    }
}
