// The recorded dmsg sessions of the reference and what it takes to play them again.
using System.Buffers.Binary;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Testing;

namespace Skywire.Dmsg.Tests;

/// <summary>Hands out prepared secrets, so that recorded handshakes can be made again.</summary>
internal sealed class FixedEntropy(params byte[][] draws) : IEntropy
{
    private readonly Queue<byte[]> _draws = new(draws);

    public void Fill(Span<byte> destination) => _draws.Dequeue().CopyTo(destination);
}

internal static class Recorded
{
    public static JsonElement Dmsg { get; } = Vectors.Load("dmsg.json");

    public static SecKey Secret(byte[] bytes) => SecKey.TryParse(bytes, out var key) ? key! : throw new FormatException("secret key");

    public static SecKey KeyOf(string name) => Secret(Dmsg.GetProperty("keys").GetProperty(name).Hex("secret"));

    /// <summary>Secret of the n-th ephemeral of the capture: 0 bob, 1 server to bob, 2 alice, 3 server to alice, 4 alice KK, 5 bob KK.</summary>
    public static byte[] Ephemeral(int n) => Dmsg.GetProperty("capture").GetProperty("ephemerals")[n].Hex("secret");

    /// <summary>The bytes of the capture in order; closing events carry none.</summary>
    public static IEnumerable<(string Connection, bool ToServer, byte[] Bytes)> Events() =>
        from e in Dmsg.GetProperty("capture").GetProperty("events").EnumerateArray()
        where e.TryGetProperty("bytes", out _)
        select (e.Text("connection"), e.Text("direction") == "client->server", e.Hex("bytes"));

    /// <summary>All bytes of one direction of one connection.</summary>
    public static byte[] Bytes(string connection, bool toServer) => [.. Events().Where(e => e.Connection == connection && e.ToServer == toServer).SelectMany(e => e.Bytes)];

    /// <summary>Splits what follows the handshake into yamux frames: the data per stream, and the streams that were ended.</summary>
    public static (Dictionary<uint, byte[]> Data, HashSet<uint> Ended) Mux(ReadOnlySpan<byte> bytes)
    {
        var data = new Dictionary<uint, byte[]>();
        var ended = new HashSet<uint>();
        while (!bytes.IsEmpty)
        {
            var (type, flags) = (bytes[1], BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
            var id = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
            var length = type == 0 ? (int)BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) : 0;
            bytes = bytes[12..];
            data[id] = [.. data.GetValueOrDefault(id, []), .. bytes[..length]];
            bytes = bytes[length..];
            if ((flags & 4) != 0)
            {
                ended.Add(id);
            }
        }

        data.Remove(0);
        return (data, ended);
    }
}
