// SOCKS5 messages as a server sees them (RFC 1928, RFC 1929).
using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Skywire.Apps.Skysocks;

/// <summary>What a client asks for.</summary>
internal enum Socks5Command : byte
{
    Connect = 1,
    Bind = 2,
    UdpAssociate = 3,
}

/// <summary>Answer to a request.</summary>
internal enum Socks5Reply : byte
{
    Succeeded = 0,
    GeneralFailure = 1,
    NotAllowed = 2,
    NetworkUnreachable = 3,
    HostUnreachable = 4,
    ConnectionRefused = 5,
    CommandNotSupported = 7,
    AddressTypeNotSupported = 8,
}

/// <summary>A request: command, host as address or name, port.</summary>
internal readonly record struct Socks5Request(Socks5Command Command, IPAddress? Address, string Name, ushort Port)
{
    /// <summary>host:port as <see cref="Wire.INetwork.ConnectAsync"/> takes it.</summary>
    public string Target => Address is null ? $"{Name}:{Port}" : new IPEndPoint(Address, Port).ToString();
}

/// <summary>Parsers and writers. A parser consumes a whole message or nothing, and never throws for input.</summary>
internal static class Socks5
{
    public const byte Version = 5;
    public const byte CredentialsVersion = 1;
    public const byte NoAuthentication = 0;
    public const byte UserAndPassword = 2;
    public const byte NoAcceptableMethod = 0xff;

    /// <summary>Longest message of a client: credentials with two fields of 255 bytes.</summary>
    public const int MaxMessage = 1 + 1 + 255 + 1 + 255;

    /// <summary>Bytes of an answer to a request as sent here.</summary>
    public const int ReplySize = 10;

    private static readonly SearchValues<char> NotInNames = SearchValues.Create(":/@[]%");

    private const byte IPv4 = 1;
    private const byte DomainName = 3;
    private const byte IPv6 = 4;

    /// <summary>greeting = 05, count, count methods.</summary>
    public static OperationStatus TryReadGreeting(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> methods, out int consumed)
    {
        methods = default;
        consumed = 0;
        if (input.Length > 0 && input[0] != Version)
        {
            return OperationStatus.InvalidData;
        }

        if (input.Length < 2 || input.Length < 2 + input[1])
        {
            return OperationStatus.NeedMoreData;
        }

        consumed = 2 + input[1];
        methods = input[2..consumed];
        return OperationStatus.Done;
    }

    /// <summary>credentials = 01, length, user, length, password.</summary>
    public static OperationStatus TryReadCredentials(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> user, out ReadOnlySpan<byte> password, out int consumed)
    {
        user = password = default;
        consumed = 0;
        if (input.Length > 0 && input[0] != CredentialsVersion)
        {
            return OperationStatus.InvalidData;
        }

        if (input.Length < 2 || input.Length < 3 + input[1] || input.Length < 3 + input[1] + input[2 + input[1]])
        {
            return OperationStatus.NeedMoreData;
        }

        user = input.Slice(2, input[1]);
        password = input.Slice(3 + input[1], input[2 + input[1]]);
        consumed = 3 + user.Length + password.Length;
        return OperationStatus.Done;
    }

    /// <summary>request = 05, command, 00, kind, address, port. For <see cref="OperationStatus.InvalidData"/> <paramref name="refusal"/> is the answer.</summary>
    public static OperationStatus TryReadRequest(ReadOnlySpan<byte> input, out Socks5Request request, out Socks5Reply refusal, out int consumed)
    {
        request = default;
        refusal = Socks5Reply.GeneralFailure;
        consumed = 0;
        if (input.Length > 0 && input[0] != Version)
        {
            return OperationStatus.InvalidData;
        }

        if (input.Length < 5)
        {
            return OperationStatus.NeedMoreData;
        }

        var size = input[3] switch { IPv4 => 4, DomainName => 1 + input[4], IPv6 => 16, _ => -1 };
        if (size < 0)
        {
            refusal = Socks5Reply.AddressTypeNotSupported;
            return OperationStatus.InvalidData;
        }

        if (input.Length < 4 + size + 2)
        {
            return OperationStatus.NeedMoreData;
        }

        consumed = 4 + size + 2;
        var host = input.Slice(4, size);
        var name = "";
        IPAddress? address = null;
        if (input[3] != DomainName)
        {
            address = new IPAddress(host);
        }
        else if (!TryReadHost(host[1..], out name, out address))
        {
            refusal = Socks5Reply.HostUnreachable;
            return OperationStatus.InvalidData;
        }

        request = new Socks5Request((Socks5Command)input[1], address, name, BinaryPrimitives.ReadUInt16BigEndian(input[(4 + size)..]));
        return OperationStatus.Done;
    }

    /// <summary>reply = 05, code, 00, 01, 0.0.0.0, 0: the bound address means nothing to a client that connects.</summary>
    public static void WriteReply(IBufferWriter<byte> output, Socks5Reply reply)
    {
        var span = output.GetSpan(ReplySize)[..ReplySize];
        span.Clear();
        span[0] = Version;
        span[1] = (byte)reply;
        span[3] = IPv4;
        output.Advance(ReplySize);
    }

    // A name goes to the resolver as text: nothing but what names are made of. Some clients send addresses as names.
    private static bool TryReadHost(ReadOnlySpan<byte> host, out string name, out IPAddress? address)
    {
        name = "";
        address = null;
        if (host.IsEmpty || host.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
        {
            return false;
        }

        name = Encoding.ASCII.GetString(host);
        return IPAddress.TryParse(name, out address) || !name.AsSpan().ContainsAny(NotInNames);
    }
}
