// Reads and writes beacons. Cheapest check first: an outsider on the wire costs this board one keyed hash a datagram, no curve work and no memory.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Skywire.Crypto;

namespace Skywire.Discovery.Box;

/// <summary>
/// head (114) || name || addresses || signature (65) || tag (32), big-endian. head: "SKYB" || version (1) || flags (1) || duty (1) || addresses (1) || mesh id (8) ||
/// key (33) || boot (8) || counter (8) || term (8) || serving seconds (4) || load (2) || stcpr port (2) || challenge (16) || echo (16) || length of name (1).
/// </summary>
internal static class BeaconCodec
{
    /// <summary>Version of the format.</summary>
    public const byte Version = 1;

    /// <summary>Most bytes of a name.</summary>
    public const int MaxName = 32;

    /// <summary>Most addresses.</summary>
    public const int MaxAddresses = 4;

    /// <summary>Bytes of the shortest beacon.</summary>
    public const int MinLength = HeadLength + TrailLength;

    /// <summary>Bytes of the longest beacon: far below what a frame of any network carries.</summary>
    public const int MaxLength = MinLength + MaxName + (MaxAddresses * 17);

    private const int FlagsAt = 5;
    private const int DutyAt = 6;
    private const int AddressCountAt = 7;
    private const int MeshIdAt = 8;
    private const int KeyAt = 16;
    private const int BootAt = 49;
    private const int CounterAt = 57;
    private const int TermAt = 65;
    private const int ServingAt = 73;
    private const int LoadAt = 77;
    private const int PortAt = 79;
    private const int ChallengeAt = 81;
    private const int EchoAt = 97;
    private const int NameLengthAt = 113;
    private const int HeadLength = 114;
    private const int TrailLength = Signature.Size + HmacSha256.HashSize;

    private const byte InsistsFlag = 1;
    private const byte CannotServeFlag = 2;
    private const byte LeavingFlag = 4;

    // A signature made for a beacon must mean nothing anywhere else.
    private static readonly byte[] Domain = "skyminer box beacon 1"u8.ToArray();

    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    private static ReadOnlySpan<byte> Magic => "SKYB"u8;

    /// <summary>Writes a signed, authenticated beacon. The name is cut to what fits; addresses beyond the limit are left out.</summary>
    public static byte[] Write(Beacon beacon, SecKey key, BoxSecret secret)
    {
        Span<byte> buffer = stackalloc byte[MaxLength];
        Magic.CopyTo(buffer);
        buffer[4] = Version;
        buffer[FlagsAt] = (byte)((beacon.Insists ? InsistsFlag : 0) | (beacon.CannotServe ? CannotServeFlag : 0) | (beacon.Leaving ? LeavingFlag : 0));
        buffer[DutyAt] = (byte)beacon.Duty;
        secret.MeshId.CopyTo(buffer[MeshIdAt..]);
        key.PublicKey.CopyTo(buffer[KeyAt..]);
        BinaryPrimitives.WriteUInt64BigEndian(buffer[BootAt..], beacon.Boot);
        BinaryPrimitives.WriteUInt64BigEndian(buffer[CounterAt..], beacon.Counter);
        BinaryPrimitives.WriteUInt64BigEndian(buffer[TermAt..], beacon.Term);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[ServingAt..], beacon.ServingSeconds);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[LoadAt..], beacon.Load);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[PortAt..], beacon.StcprPort);
        BinaryPrimitives.WriteUInt128BigEndian(buffer[ChallengeAt..], beacon.Challenge);
        BinaryPrimitives.WriteUInt128BigEndian(buffer[EchoAt..], beacon.Echo);
        var length = HeadLength + WriteName(beacon.Name, buffer.Slice(HeadLength, MaxName));
        buffer[NameLengthAt] = (byte)(length - HeadLength);
        foreach (var address in beacon.Addresses.Take(MaxAddresses))
        {
            buffer[AddressCountAt]++;
            buffer[length] = address.AddressFamily == AddressFamily.InterNetwork ? (byte)4 : (byte)6;
            address.TryWriteBytes(buffer[(length + 1)..], out var written);
            length += 1 + written;
        }

        key.SignPayload([.. Domain, .. buffer[..length]]).CopyTo(buffer[length..]);
        length += Signature.Size;
        using var tag = new HmacSha256(secret.BeaconKey);
        tag.HashData(buffer[..length], buffer[length..]);
        return buffer[..(length + HmacSha256.HashSize)].ToArray();
    }

    /// <summary>Reads what a member wrote; the refusal otherwise. The signature is not judged: see <see cref="IsSigned"/>.</summary>
    public static BeaconRefusal? Read(ReadOnlySpan<byte> datagram, BoxSecret secret, out Beacon beacon)
    {
        beacon = new Beacon();
        if (datagram.Length is < MinLength or > MaxLength)
        {
            return BeaconRefusal.Length;
        }

        if (!datagram.StartsWith(Magic))
        {
            return BeaconRefusal.NotABeacon;
        }

        if (datagram[4] != Version)
        {
            return BeaconRefusal.Version;
        }

        if (!datagram.Slice(MeshIdAt, BoxSecret.MeshIdSize).SequenceEqual(secret.MeshId))
        {
            return BeaconRefusal.OtherBox;
        }

        Span<byte> expected = stackalloc byte[HmacSha256.HashSize];
        using (var tag = new HmacSha256(secret.BeaconKey))
        {
            tag.HashData(datagram[..^HmacSha256.HashSize], expected);
        }

        if (!CryptographicOperations.FixedTimeEquals(expected, datagram[^HmacSha256.HashSize..]))
        {
            return BeaconRefusal.Tag;
        }

        return TryReadFields(datagram[..^TrailLength], out beacon) ? null : BeaconRefusal.Malformed;
    }

    /// <summary>True when a beacon that <see cref="Read"/> took is signed by the key it names. Costs curve work.</summary>
    public static bool IsSigned(ReadOnlySpan<byte> datagram, PubKey key) =>
        Signature.TryParse(datagram.Slice(datagram.Length - TrailLength, Signature.Size), out var signature)
        && signature.VerifyPayload(key, [.. Domain, .. datagram[..^TrailLength]]);

    private static bool TryReadFields(ReadOnlySpan<byte> fields, out Beacon beacon)
    {
        beacon = new Beacon();
        var nameLength = fields[NameLengthAt];
        var duty = fields[DutyAt];
        if (nameLength > MaxName || nameLength > fields.Length - HeadLength || duty > (byte)BoxDuty.Serving || fields[AddressCountAt] > MaxAddresses
            || !PubKey.TryParse(fields.Slice(KeyAt, PubKey.Size), out var key)
            || !TryReadName(fields.Slice(HeadLength, nameLength), out var name)
            || !TryReadAddresses(fields[(HeadLength + nameLength)..], fields[AddressCountAt], out var addresses))
        {
            return false;
        }

        var flags = fields[FlagsAt];
        beacon = new Beacon
        {
            Key = key,
            Boot = BinaryPrimitives.ReadUInt64BigEndian(fields[BootAt..]),
            Counter = BinaryPrimitives.ReadUInt64BigEndian(fields[CounterAt..]),
            Duty = (BoxDuty)duty,
            Term = BinaryPrimitives.ReadUInt64BigEndian(fields[TermAt..]),
            ServingSeconds = BinaryPrimitives.ReadUInt32BigEndian(fields[ServingAt..]),
            Insists = (flags & InsistsFlag) != 0,
            CannotServe = (flags & CannotServeFlag) != 0,
            Leaving = (flags & LeavingFlag) != 0,
            Load = BinaryPrimitives.ReadUInt16BigEndian(fields[LoadAt..]),
            StcprPort = BinaryPrimitives.ReadUInt16BigEndian(fields[PortAt..]),
            Challenge = BinaryPrimitives.ReadUInt128BigEndian(fields[ChallengeAt..]),
            Echo = BinaryPrimitives.ReadUInt128BigEndian(fields[EchoAt..]),
            Name = name,
            Addresses = addresses,
        };
        return true;
    }

    // Cut between characters, never within one.
    private static int WriteName(string name, Span<byte> destination)
    {
        Encoding.UTF8.GetEncoder().Convert(name, destination, flush: true, out _, out var written, out _);
        return written;
    }

    private static bool TryReadName(ReadOnlySpan<byte> bytes, out string name)
    {
        try
        {
            name = StrictUtf8.GetString(bytes);
            return !name.Any(char.IsControl);
        }
        catch (DecoderFallbackException)
        {
            name = "";
            return false;
        }
    }

    private static bool TryReadAddresses(ReadOnlySpan<byte> bytes, int count, out IReadOnlyList<IPAddress> addresses)
    {
        var found = new List<IPAddress>(count);
        addresses = found;
        for (var i = 0; i < count; i++)
        {
            var size = bytes.Length == 0 ? 0 : bytes[0] switch { 4 => 4, 6 => 16, _ => 0 };
            if (size == 0 || bytes.Length < 1 + size)
            {
                return false;
            }

            found.Add(new IPAddress(bytes.Slice(1, size)));
            bytes = bytes[(1 + size)..];
        }

        return bytes.IsEmpty;
    }
}
