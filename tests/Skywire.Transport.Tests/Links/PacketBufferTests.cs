// Packets out of plaintext: every vector at every cut, and a buffer that is only as large as the traffic.
using Skywire.Testing;
using Skywire.Transport.Links;
using Xunit;

namespace Skywire.Transport.Tests.Links;

public sealed class PacketBufferTests
{
    public static TheoryData<string> Layouts => ["reference_2024", "layout_2026"];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void ReadAndWrite_OfVectors_AgreeWithThem(string layout)
    {
        foreach (var vector in Vectors.Load("routing-packets.json").GetProperty(layout).EnumerateArray())
        {
            var packet = vector.Hex("hex");
            var header = PacketHeader.Read(packet);
            Assert.Equal(vector.GetProperty("type").GetByte(), (byte)header.Type);
            Assert.Equal(vector.GetProperty("route_id").GetUInt32(), header.RouteId);
            Assert.Equal(vector.GetProperty("payload_size").GetUInt16(), header.PayloadSize);
            Assert.Equal(packet.Length, header.PacketSize);
            var written = new byte[PacketHeader.Size];
            header.Write(written);
            Assert.Equal(packet[..PacketHeader.Size], written);
            PacketHeader.Restamp(written, 0xAABBCCDD);
            Assert.Equal(header with { RouteId = 0xAABBCCDD }, PacketHeader.Read(written));
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void TryPeek_VectorsInOneStreamCutAnywhere_GivesEachPacketOnce(string layout)
    {
        var packets = Vectors.Load("routing-packets.json").GetProperty(layout).EnumerateArray().Select(v => v.Hex("hex")).ToList();
        var stream = packets.SelectMany(p => p).ToArray();
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            using var buffer = new PacketBuffer();
            var found = new List<byte[]>();
            Feed(buffer, stream.AsSpan(0, cut), found);
            Feed(buffer, stream.AsSpan(cut), found);
            Assert.Equal(packets, found);
        }
    }

    [Fact]
    public void TryPeek_ByteByByte_NeedsTheWholePacket()
    {
        using var buffer = new PacketBuffer();
        var packet = new byte[PacketHeader.Size + 300];
        new PacketHeader(PacketType.Data, 5, 300).Write(packet);
        for (var i = 0; i < packet.Length; i++)
        {
            Assert.False(buffer.TryPeek(out _, out _));
            Put(buffer, packet.AsSpan(i, 1));
        }

        Assert.True(buffer.TryPeek(out var header, out var whole));
        Assert.Equal(300, header.PayloadSize);
        Assert.Equal(packet, whole.ToArray());
    }

    [Fact]
    public void Prepare_LargestPacket_FitsAtAnyOffset()
    {
        using var buffer = new PacketBuffer();
        var packet = new byte[PacketHeader.MaxPacket];
        new PacketHeader(PacketType.Data, 5, ushort.MaxValue).Write(packet);
        new Random(1).NextBytes(packet.AsSpan(PacketHeader.Size));
        var found = new List<byte[]>();
        foreach (var chunk in packet.Concat(packet).Concat(packet).Chunk(7919))
        {
            Feed(buffer, chunk, found);
        }

        Assert.Equal([packet, packet, packet], found);
        Assert.InRange(buffer.Capacity, PacketHeader.MaxPacket, PacketBuffer.Large);
    }

    [Fact]
    public void Capacity_BulkThenQuiet_GrowsToItsBoundAndShrinksAgain()
    {
        using var buffer = new PacketBuffer();
        Assert.Equal(PacketBuffer.Small, buffer.Capacity);
        var packet = new byte[1000];
        new PacketHeader(PacketType.Data, 5, 993).Write(packet);
        for (var i = 0; i < 20; i++)
        {
            buffer.Prepare();
            var n = buffer.Free.Length / packet.Length * packet.Length;
            for (var at = 0; at < n; at += packet.Length)
            {
                packet.CopyTo(buffer.Free.Span[at..]);
            }

            buffer.Commit(n);
            Drain(buffer, []);
        }

        Assert.Equal(PacketBuffer.Large, buffer.Capacity);
        for (var i = 0; i < 100; i++)
        {
            Feed(buffer, packet, []);
        }

        Assert.Equal(PacketBuffer.Small, buffer.Capacity);
    }

    [Fact]
    public void TryPeek_RandomBytes_NeverGrowsAboveABufferFull()
    {
        var random = new Random(3);
        using var buffer = new PacketBuffer();
        for (var i = 0; i < 3000; i++)
        {
            buffer.Prepare();
            var n = random.Next(1, buffer.Free.Length + 1);
            random.NextBytes(buffer.Free.Span[..n]);
            buffer.Commit(n);
            Drain(buffer, []);
            Assert.InRange(buffer.Capacity, PacketBuffer.Small, PacketBuffer.Large);
        }
    }

    private static void Feed(PacketBuffer buffer, ReadOnlySpan<byte> bytes, List<byte[]> found)
    {
        while (!bytes.IsEmpty)
        {
            buffer.Prepare();
            var n = Math.Min(bytes.Length, buffer.Free.Length);
            bytes[..n].CopyTo(buffer.Free.Span);
            buffer.Commit(n);
            bytes = bytes[n..];
            Drain(buffer, found);
        }
    }

    private static void Put(PacketBuffer buffer, ReadOnlySpan<byte> bytes)
    {
        buffer.Prepare();
        bytes.CopyTo(buffer.Free.Span);
        buffer.Commit(bytes.Length);
    }

    private static void Drain(PacketBuffer buffer, List<byte[]> found)
    {
        while (buffer.TryPeek(out var header, out var packet))
        {
            found.Add(packet.ToArray());
            buffer.Consume(header.PacketSize);
        }
    }
}
