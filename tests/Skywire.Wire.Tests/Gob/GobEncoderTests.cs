// The rules of leaving out and of types.
using System.Buffers;
using Skywire.Wire.Gob;

namespace Skywire.Wire.Tests.Gob;

public sealed class GobEncoderTests
{
    private static readonly GobType Inner = new GobType.Struct("Inner", new GobType.Field("N", GobType.Int));

    private static readonly GobType All = new GobType.Struct(
        "All",
        new("B", GobType.Bool),
        new("A", new GobType.Array("[2]uint8", GobType.UInt, 2)),
        new("S", Inner),
        new("M", new GobType.Map("map[string]int", GobType.String, GobType.Int)),
        new("L", new GobType.Slice("[]string", GobType.String)),
        new("K", GobTypes.PubKey));

    [Fact]
    public void Encode_ZeroFields_OnlyArraysAndPresentStructsAndMapsAreSent()
    {
        // A absent: sent as zeros; S and M null: left out
        Assert.Equal("02020000" + "00", Content(GobValue.OfStruct(("B", GobValue.Of(false)), ("K", GobValue.Of(new byte[33])), ("L", GobValue.OfList([])))));

        // S and M there though empty: sent
        Assert.Equal("02020000" + "0100" + "0100" + "00", Content(GobValue.OfStruct(("S", GobValue.EmptyStruct), ("M", GobValue.OfMap([])))));
    }

    [Fact]
    public void Encode_ValueOfAnotherKind_Throws()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<ArgumentException>(() => new GobEncoder().Encode(output, GobType.UInt, GobValue.Of(-1L)));
        Assert.Throws<ArgumentException>(() => new GobEncoder().Encode(output, All, GobValue.OfStruct(("A", GobValue.OfByteArray([1])))));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void Encode_EqualTypesBuiltTwice_AreDefinedOnce()
    {
        var encoder = new GobEncoder();
        var first = new ArrayBufferWriter<byte>();
        var second = new ArrayBufferWriter<byte>();
        var value = GobValue.OfList([GobValue.Of("x")]);
        encoder.Encode(first, new GobType.Slice("", GobType.String), value);
        encoder.Encode(second, new GobType.Slice("", GobType.String), value);
        Assert.True(first.WrittenSpan.EndsWith(second.WrittenSpan));
        Assert.Equal("06ff8000010178", Convert.ToHexStringLower(second.WrittenSpan));
    }

    private static string Content(GobValue value)
    {
        var encoder = new GobEncoder();
        var output = new ArrayBufferWriter<byte>();
        encoder.Encode(output, All, GobValue.EmptyStruct);
        output.ResetWrittenCount();
        encoder.Encode(output, All, value);

        // length, two bytes of id
        return Convert.ToHexStringLower(output.WrittenSpan[3..]);
    }
}
