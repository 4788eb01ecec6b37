// Reads the two byte streams of each TCP connection out of a pcap file.
using System.Buffers.Binary;
using System.Net;

namespace Skywire.Transport.Tests.Captures;

/// <summary>Ethernet, IPv4, TCP: what the captures consist of.</summary>
internal static class TcpCapture
{
    private const int FileHeader = 24;
    private const int RecordHeader = 16;
    private const int Ethernet = 14;

    /// <summary>Streams by sender and receiver; retransmitted bytes once, a gap throws.</summary>
    internal static Dictionary<(IPEndPoint From, IPEndPoint To), byte[]> Read(string path)
    {
        var file = File.ReadAllBytes(path);
        var segments = new Dictionary<(IPEndPoint From, IPEndPoint To), (uint First, SortedDictionary<uint, byte[]> Data)>();
        for (var at = FileHeader; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            Add(segments, file.AsSpan(at + RecordHeader + Ethernet, length - Ethernet));
            at += RecordHeader + length;
        }

        return segments.ToDictionary(s => s.Key, s => Join(s.Value.Data));
    }

    private static void Add(Dictionary<(IPEndPoint From, IPEndPoint To), (uint First, SortedDictionary<uint, byte[]> Data)> segments, ReadOnlySpan<byte> ip)
    {
        var total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        var tcp = ip[((ip[0] & 15) * 4)..total];
        var from = new IPEndPoint(new IPAddress(ip.Slice(12, 4)), BinaryPrimitives.ReadUInt16BigEndian(tcp));
        var to = new IPEndPoint(new IPAddress(ip.Slice(16, 4)), BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]));
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        if (!segments.TryGetValue((from, to), out var stream))
        {
            // The first segment of a direction is its SYN, which takes one number.
            segments.Add((from, to), stream = (sequence + 1, []));
        }

        var data = tcp[(tcp[12] >> 4 << 2)..];
        if (!data.IsEmpty)
        {
            stream.Data[sequence - stream.First] = data.ToArray();
        }
    }

    private static byte[] Join(SortedDictionary<uint, byte[]> segments)
    {
        var all = new MemoryStream();
        foreach (var (at, data) in segments)
        {
            if (at > all.Length)
            {
                throw new InvalidDataException($"the capture lacks bytes before {at}");
            }

            if (at + data.Length > all.Length)
            {
                all.Write(data.AsSpan((int)(all.Length - at)));
            }
        }

        return all.ToArray();
    }
}
