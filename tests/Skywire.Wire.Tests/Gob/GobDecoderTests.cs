// What a peer may not do to a decoder.
using System.Buffers;
using Skywire.Testing;
using Skywire.Wire.Gob;

namespace Skywire.Wire.Tests.Gob;

public sealed class GobDecoderTests
{
    // type 64 = struct { A type 64 }: legal to define, endless to fill
    private static readonly byte[] SelfStruct = Message("7f 03 01 02ff8000 0101 010141 01ff8000 00 00");

    // type 64 = []type 64
    private static readonly byte[] SelfSlice = Message("7f 02 01 02ff8000 01ff80 00 00");

    private static readonly byte[] StringSlice = Message("7f 02 01 02ff8000 010c 00 00");

    private static readonly byte[] One = Message("04 00 02");

    public static TheoryData<string> Framings => new(
        "00", // empty message
        "f7010203040506070809", // nine byte length
        "fc7fffffff", // length over the limit
        "01ff", // id cut off inside its message
        Hex(Message("7d 02 01 02ff8000 0106 00 00")), // definition of id 63
        Hex(Message("7f 03 01 02ff8000 00 00 55")), // trailing byte in a definition
        Hex(Message("7f 03 01 02ff8000 00")), // cut off definition
        Hex(Message("7f 08 01 02ff8000 00 00")), // kind 8
        Hex(Message("7f 02 01 02ff8000 0105 00 00")), // negative element id
        Hex(Message("7f 01 01 02ff8000 0106 0101 00 00")), // negative array length
        Hex(Message("7f 03 01 02ff8000 01ffff 00 00"))); // more fields than bytes

    public static TheoryData<string> Values => new(
        Hex(Message("ff80 00")), // type never defined
        Hex(Message("04 01 02")), // no zero before a value that is no struct
        Hex(Message("04 00 02 02")), // trailing byte in a value
        Hex(Message("02 00 02")), // bool 2
        Hex(Message("0a 00 05 41")), // bytes longer than the message
        Hex(Message("0a 00")), // no length at all
        Hex(Message("20 00 01"))); // a value of wireType itself

    [Theory]
    [MemberData(nameof(Framings))]
    public void TryDecode_BrokenFraming_BreaksTheStream(string hex)
    {
        var decoder = new GobDecoder();
        var status = decoder.TryDecode((byte[])[.. Convert.FromHexString(hex), .. One], out _, out var consumed);
        Assert.Equal(OperationStatus.InvalidData, status);
        Assert.True(decoder.IsBroken);
        Assert.Equal(0, consumed);
        Assert.Equal(OperationStatus.InvalidData, decoder.TryDecode(One, out _, out _));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void TryDecode_BadValue_IsSkippedAndTheStreamGoesOn(string hex)
    {
        var decoder = new GobDecoder();
        var bytes = Convert.FromHexString(hex);
        var input = (byte[])[.. bytes, .. One];
        Assert.Equal(OperationStatus.InvalidData, decoder.TryDecode(input, out _, out var consumed));
        Assert.False(decoder.IsBroken);
        Assert.Equal(bytes.Length, consumed);
        Assert.Equal(OperationStatus.Done, decoder.TryDecode(input.AsSpan(consumed), out var value, out _));
        Assert.Equal(1, value.AsInt);
    }

    [Fact]
    public void TryDecode_TypeDefinedTwice_BreaksTheStream()
    {
        var decoder = new GobDecoder();
        Assert.Equal(OperationStatus.InvalidData, decoder.TryDecode((byte[])[.. StringSlice, .. StringSlice, .. Message("ff80 00 00")], out _, out _));
        Assert.True(decoder.IsBroken);
    }

    [Fact]
    public void TryDecode_MoreTypesThanAllowed_BreaksTheStream()
    {
        var encoder = new GobEncoder();
        var output = new ArrayBufferWriter<byte>();
        var decoder = new GobDecoder(new GobLimits { MaxTypes = 3 });
        var status = OperationStatus.Done;
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(OperationStatus.Done, status);
            output.ResetWrittenCount();
            encoder.Encode(output, new GobType.Struct($"T{i}"), GobValue.EmptyStruct);
            status = decoder.TryDecode(output.WrittenSpan, out _, out _);
        }

        Assert.Equal(OperationStatus.InvalidData, status);
        Assert.True(decoder.IsBroken);
    }

    [Fact]
    public void TryDecode_RecursiveValueTooDeep_IsRefused()
    {
        for (var depth = 0; depth < 40; depth++)
        {
            var expected = depth < GobLimits.Default.MaxDepth ? OperationStatus.Done : OperationStatus.InvalidData;
            var nested = string.Concat(Enumerable.Repeat("01", depth));
            var structs = Message("ff80" + nested + string.Concat(Enumerable.Repeat("00", depth + 1)));
            Assert.Equal(expected, new GobDecoder().TryDecode((byte[])[.. SelfStruct, .. structs], out _, out _));
            var slices = Message("ff80 00" + nested + "00");
            Assert.Equal(expected, new GobDecoder().TryDecode((byte[])[.. SelfSlice, .. slices], out _, out _));
        }
    }

    [Theory]
    [InlineData("7f 02 01 02ff8000 010c 00 00", "ff80 00 fa010000000000")]
    [InlineData("7f 02 01 02ff8000 0102 00 00", "ff80 00 fc7fffffff")]
    [InlineData("7f 04 01 02ff8000 010c 0104 00 00", "ff80 00 fc7fffffff")]
    [InlineData("7f 01 01 02ff8000 010c 01fcfffffffe 00 00", "ff80 00 fc7fffffff")]
    public void TryDecode_HugeCounts_AllocateNothingOfTheirSize(string definition, string value)
    {
        var bytes = (byte[])[.. Message(definition), .. Message(value)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(OperationStatus.InvalidData, new GobDecoder().TryDecode(bytes, out _, out var consumed));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16 * 1024);
        Assert.Equal(bytes.Length, consumed);
    }

    [Fact]
    public void TryDecode_MoreValuesThanAllowed_IsRefused()
    {
        var encoder = new GobEncoder();
        var output = new ArrayBufferWriter<byte>();
        var type = new GobType.Slice("", GobType.UInt);
        encoder.Encode(output, type, GobValue.OfList(Enumerable.Repeat(GobValue.Of(1UL), GobLimits.Default.MaxValues).ToArray()));
        Assert.Equal(OperationStatus.Done, new GobDecoder().TryDecode(output.WrittenSpan, out _, out _));
        output.ResetWrittenCount();
        new GobEncoder().Encode(output, type, GobValue.OfList(Enumerable.Repeat(GobValue.Of(1UL), GobLimits.Default.MaxValues + 1).ToArray()));
        Assert.Equal(OperationStatus.InvalidData, new GobDecoder().TryDecode(output.WrittenSpan, out _, out _));
    }

    [Fact]
    public void TryDecode_InterfaceValue_ReadsWhatItHolds()
    {
        // map[string]interface{}{"a": int 5}: name, definition-free type id, length, zero, value
        var bytes = (byte[])[.. Message("7f 04 01 02ff8000 010c 0110 00 00"), .. Message("ff80 00 01 0161 03696e74 04 02 000a")];
        Assert.Equal(OperationStatus.Done, new GobDecoder().TryDecode(bytes, out var value, out var consumed));
        Assert.Equal(bytes.Length, consumed);
        Assert.Equal("a", value.Items[0].AsString);
        Assert.Equal(5, value.Items[1].AsInt);
    }

    [Fact]
    public void TryDecode_MutatedVectors_NeverThrowsNorHoardsMemory()
    {
        var entropy = new SeededEntropy(4);
        Span<byte> dice = stackalloc byte[4];
        foreach (var item in Vectors.Load("gob.json").GetProperty("messages").EnumerateArray())
        {
            var original = item.Hex("gob");
            for (var round = 0; round < 400; round++)
            {
                var bytes = original.ToArray();
                entropy.Fill(dice);
                for (var i = 0; i <= dice[3] % 3; i++)
                {
                    bytes[((dice[0] << 8) + dice[1] + (i * 31)) % bytes.Length] = (byte)(dice[2] + i);
                }

                var before = GC.GetAllocatedBytesForCurrentThread();
                var decoder = new GobDecoder();
                var position = 0;
                while (decoder.TryDecode(bytes.AsSpan(position), out _, out var consumed) != OperationStatus.NeedMoreData && consumed > 0)
                {
                    position += consumed;
                }

                Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 256 * 1024);
            }
        }
    }

    private static byte[] Message(string hex)
    {
        var content = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        return [(byte)content.Length, .. content];
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);
}
