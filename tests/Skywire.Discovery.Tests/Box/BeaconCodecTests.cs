using System.Net;
using Skywire.Crypto;
using Skywire.Discovery.Box;
using Skywire.Testing;
using Xunit;

namespace Skywire.Discovery.Tests.Box;

public sealed class BeaconCodecTests
{
    private static readonly SecKey Key = SecKey.Generate(new SeededEntropy(1));

    private static readonly Beacon Full = new()
    {
        Boot = 0x0102030405060708,
        Counter = ulong.MaxValue,
        Duty = BoxDuty.Serving,
        Term = 7,
        ServingSeconds = 123456,
        Insists = true,
        CannotServe = true,
        Leaving = true,
        Load = 8,
        StcprPort = 7777,
        Challenge = new UInt128(1, 2),
        Echo = new UInt128(3, 4),
        Name = "Dachboden ☼",
        Addresses = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("fd00::1"), IPAddress.Parse("198.51.100.7"), IPAddress.Parse("2001:db8::2")],
    };

    [Fact]
    public void Read_WhatWriteWrote_IsTheSame()
    {
        foreach (var beacon in new[] { Full, new Beacon() })
        {
            var bytes = BeaconCodec.Write(beacon, Key, BoxWorld.Secret);
            Assert.InRange(bytes.Length, BeaconCodec.MinLength, BeaconCodec.MaxLength);
            Assert.Null(BeaconCodec.Read(bytes, BoxWorld.Secret, out var read));
            Assert.Equal(beacon.Addresses, read.Addresses);
            Assert.Equal(beacon with { Key = Key.PublicKey, Addresses = [] }, read with { Addresses = [] });
            Assert.True(BeaconCodec.IsSigned(bytes, Key.PublicKey));
        }
    }

    [Fact]
    public void Read_CutAtEveryByteOrLonger_IsRefused()
    {
        var bytes = BeaconCodec.Write(Full, Key, BoxWorld.Secret);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.NotNull(BeaconCodec.Read(bytes.AsSpan(0, length), BoxWorld.Secret, out _));
        }

        Assert.NotNull(BeaconCodec.Read((byte[])[.. bytes, 0], BoxWorld.Secret, out _));
    }

    [Fact]
    public void Read_AnyBitFlipped_IsRefused()
    {
        var bytes = BeaconCodec.Write(Full, Key, BoxWorld.Secret);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(BeaconCodec.Read(damaged, BoxWorld.Secret, out _));
        }
    }

    [Fact]
    public void Read_OtherSecretWithTheSameMeshId_IsRefusedForItsTag()
    {
        using var other = BoxWorld.SecretOf(9);
        var bytes = BeaconCodec.Write(Full, Key, other);
        Assert.Equal(BeaconRefusal.OtherBox, BeaconCodec.Read(bytes, BoxWorld.Secret, out _));
        BoxWorld.Secret.MeshId.CopyTo(bytes.AsSpan(8));
        Assert.Equal(BeaconRefusal.Tag, BeaconCodec.Read(bytes, BoxWorld.Secret, out _));
    }

    [Theory]
    [InlineData(0, BeaconRefusal.NotABeacon)]
    [InlineData(4, BeaconRefusal.Version)]
    public void Read_OtherHead_IsRefusedWithItsReason(int at, object refusal)
    {
        var bytes = BeaconCodec.Write(Full, Key, BoxWorld.Secret);
        bytes[at]++;
        Assert.Equal((BeaconRefusal)refusal, BeaconCodec.Read(bytes, BoxWorld.Secret, out _));
    }

    // Members themselves may be broken or hostile: fields are judged although the tag is right.
    [Theory]
    [InlineData(6, 3)] // duty
    [InlineData(7, 5)] // addresses
    [InlineData(7, 3)] // one address too few
    [InlineData(16, 5)] // key
    [InlineData(113, 33)] // length of name
    [InlineData(113, 255)]
    [InlineData(114, 0x0A)] // a line feed in the name
    [InlineData(114, 0xFF)] // no UTF-8
    public void Read_MemberWritesNonsense_IsMalformed(int at, byte value)
    {
        var bytes = BeaconCodec.Write(Full, Key, BoxWorld.Secret);
        bytes[at] = value;
        Retag(bytes);
        Assert.Equal(BeaconRefusal.Malformed, BeaconCodec.Read(bytes, BoxWorld.Secret, out _));
    }

    [Fact]
    public void IsSigned_MemberSpeaksInAnothersName_IsFalse()
    {
        using var victim = SecKey.Generate(new SeededEntropy(2));
        var bytes = BeaconCodec.Write(Full, Key, BoxWorld.Secret);
        victim.PublicKey.CopyTo(bytes.AsSpan(16));
        Retag(bytes);
        Assert.Null(BeaconCodec.Read(bytes, BoxWorld.Secret, out var read));
        Assert.Equal(victim.PublicKey, read.Key);
        Assert.False(BeaconCodec.IsSigned(bytes, read.Key));
    }

    [Fact]
    public void Write_LongName_IsCutBetweenCharacters()
    {
        var bytes = BeaconCodec.Write(new Beacon { Name = new string('x', 31) + "☼" }, Key, BoxWorld.Secret);
        Assert.Null(BeaconCodec.Read(bytes, BoxWorld.Secret, out var read));
        Assert.Equal(new string('x', 31), read.Name);
    }

    private static void Retag(byte[] bytes)
    {
        using var tag = new HmacSha256(BoxWorld.Secret.BeaconKey);
        tag.HashData(bytes.AsSpan(0, bytes.Length - 32), bytes.AsSpan(bytes.Length - 32));
    }
}
