using System.Buffers;
using System.Text;
using Skywire.Linux.DBus;

namespace Skywire.Linux.Tests.DBus;

public sealed class DBusMessageCodecTests
{
    // Made by hand from the specification: Hello, serial 1.
    private static readonly byte[] Hello =
    [
        (byte)'l', 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0x6D, 0, 0, 0,
        1, 1, (byte)'o', 0, 21, 0, 0, 0, .. "/org/freedesktop/DBus"u8, 0, 0, 0,
        2, 1, (byte)'s', 0, 20, 0, 0, 0, .. "org.freedesktop.DBus"u8, 0, 0, 0, 0,
        3, 1, (byte)'s', 0, 5, 0, 0, 0, .. "Hello"u8, 0, 0, 0,
        6, 1, (byte)'s', 0, 20, 0, 0, 0, .. "org.freedesktop.DBus"u8, 0, 0, 0, 0,
    ];

    // An answer to call 7 with one number, big-endian.
    private static readonly byte[] BigEndian =
    [
        (byte)'B', 2, 1, 1, 0, 0, 0, 4, 0, 0, 0, 9, 0, 0, 0, 15,
        5, 1, (byte)'u', 0, 0, 0, 0, 7,
        8, 1, (byte)'g', 0, 1, (byte)'u', 0, 0,
        0xDE, 0xAD, 0xBE, 0xEF,
    ];

    private static readonly DBusMessage Everything = new()
    {
        Type = DBusMessageType.Signal,
        Serial = 77,
        Path = "/a/b_1",
        Interface = "a.b",
        Member = "C",
        Sender = ":1.4",
        Signature = "ybnqiuxtdsogvaya{sv}a(is(t))hb",
        Body =
        [
            (byte)200, true, (short)-2, (ushort)65535, -3, 4000000000u, -5L, ulong.MaxValue, 1.5, "tëxt", new DBusPath("/"), new DBusSignature("a{sv}"),
            new DBusVariant("v", new DBusVariant("as", new DBusArray("s", ["x", ""]))),
            new byte[] { 1, 2, 3 },
            new DBusArray("{sv}", [new DBusEntry("n", new DBusVariant("u", 7u)), new DBusEntry("d", new DBusVariant("a{sv}", new DBusArray("{sv}", [])))]),
            new DBusArray("(is(t))", [new DBusStruct([1, "one", new DBusStruct([9UL])]), new DBusStruct([2, "two", new DBusStruct([8UL])])]),
            new DBusHandle(3), false,
        ],
    };

    public static TheoryData<byte[]> Vectors => [Hello, BigEndian, DBusMessageCodec.Write(Everything), DBusMessageCodec.Write(Everything, isBigEndian: true)];

    [Fact]
    public void Write_Hello_IsTheSpecificationsBytes() => Assert.Equal(
        Hello,
        DBusMessageCodec.Write(new DBusMessage { Type = DBusMessageType.Call, Serial = 1, Path = "/org/freedesktop/DBus", Interface = "org.freedesktop.DBus", Member = "Hello", Destination = "org.freedesktop.DBus" }));

    [Fact]
    public void TryRead_BigEndian_GivesFieldsAndBody()
    {
        Assert.Equal(OperationStatus.Done, DBusMessageCodec.TryRead(BigEndian, out var message, out var consumed));
        Assert.Equal(BigEndian.Length, consumed);
        Assert.Equal((DBusMessageType.Return, 9u, 7u, 1), (message!.Type, message.Serial, message.ReplySerial, message.Flags));
        Assert.Equal([0xDEADBEEFu], message.Body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryRead_EveryType_ComesBack(bool isBigEndian)
    {
        Assert.Equal(OperationStatus.Done, DBusMessageCodec.TryRead(DBusMessageCodec.Write(Everything, isBigEndian), out var message, out _));
        Assert.Equal(Everything.Body.Take(12), message!.Body.Take(12));
        Assert.Equal(new byte[] { 1, 2, 3 }, message.Body[13]);
        Assert.Equal(7u, DBusValues.Dictionary(message.Body[14])["n"]);
        Assert.Equal("two", ((DBusStruct)((DBusArray)message.Body[15]).Items[1]).Fields[1]);

        // Lists compare by reference, bytes by content.
        Assert.Equal(DBusMessageCodec.Write(Everything), DBusMessageCodec.Write(message));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void TryRead_CutAnywhere_WantsMore(byte[] bytes)
    {
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, DBusMessageCodec.TryRead(bytes.AsSpan(0, cut), out var message, out var consumed));
            Assert.Null(message);
            Assert.Equal(0, consumed);
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void TryRead_OneByteMore_IsLeft(byte[] bytes)
    {
        Assert.Equal(OperationStatus.Done, DBusMessageCodec.TryRead([.. bytes, (byte)'l'], out _, out var consumed));
        Assert.Equal(bytes.Length, consumed);
    }

    [Theory]
    [InlineData(0, (byte)'x')] // byte order
    [InlineData(1, (byte)0)] // type
    [InlineData(3, (byte)2)] // version
    [InlineData(7, (byte)0x10)] // a body of 256 MiB
    [InlineData(8, (byte)0)] // serial 0
    [InlineData(15, (byte)0x10)] // header fields of 256 MiB
    [InlineData(18, (byte)'u')] // path of another type
    [InlineData(24, (byte)'x')] // no path
    [InlineData(46, (byte)1)] // padding
    public void TryRead_Broken_IsInvalid(int at, byte value)
    {
        var bytes = Hello.ToArray();
        bytes[at] = value;
        Assert.Equal(OperationStatus.InvalidData, DBusMessageCodec.TryRead(bytes, out var message, out _));
        Assert.Null(message);
    }

    [Theory]
    [InlineData("b", new byte[] { 2, 0, 0, 0 })]
    [InlineData("s", new byte[] { 1, 0, 0, 0, 0xFF, 0 })]
    [InlineData("s", new byte[] { 1, 0, 0, 0, 0, 0 })]
    [InlineData("s", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0, 0 })]
    [InlineData("g", new byte[] { 2, (byte)'a', (byte)'{', 0 })]
    [InlineData("v", new byte[] { 2, (byte)'y', (byte)'y', 0, 1, 1 })]
    [InlineData("ai", new byte[] { 5, 0, 0, 0, 1, 0, 0, 0, 1 })]
    [InlineData("u", new byte[] { 1, 0, 0, 0, 0 })]
    [InlineData("y", new byte[] { })]
    public void TryRead_BrokenBody_IsInvalid(string signature, byte[] body)
    {
        var message = DBusMessageCodec.Write(new DBusMessage { Type = DBusMessageType.Return, Serial = 1, ReplySerial = 1, Signature = "ay", Body = [body] });

        // The array's length and the signature are replaced: the body is then just the bytes.
        var bodySize = BitConverter.ToInt32(message, 4);
        var head = message[..^bodySize];
        var fieldsSize = BitConverter.ToInt32(head, 12);
        byte[] field = [8, 1, (byte)'g', 0, (byte)signature.Length, .. Encoding.ASCII.GetBytes(signature), 0];
        byte[] fields = [.. head[16..24], .. field];
        Assert.InRange(fieldsSize, 8, 32);
        byte[] made = [.. head[..4], .. BitConverter.GetBytes(body.Length), .. head[8..12], .. BitConverter.GetBytes(fields.Length), .. fields, .. new byte[-fields.Length & 7], .. body];
        Assert.Equal(OperationStatus.InvalidData, DBusMessageCodec.TryRead(made, out _, out _));
    }

    [Fact]
    public void TryRead_NestedTooDeep_IsInvalid()
    {
        object Nest(int depth) => depth == 0 ? new DBusVariant("y", (byte)1) : new DBusVariant("v", Nest(depth - 1));
        byte[] Message(int depth) => DBusMessageCodec.Write(new DBusMessage { Type = DBusMessageType.Return, Serial = 1, ReplySerial = 1, Signature = "v", Body = [Nest(depth)] });
        Assert.Equal(OperationStatus.Done, DBusMessageCodec.TryRead(Message(20), out _, out _));
        Assert.Equal(OperationStatus.InvalidData, DBusMessageCodec.TryRead(Message(60), out _, out _));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("a{sv}a(is)", true)]
    [InlineData("a{vs}", false)]
    [InlineData("a{sss}", false)]
    [InlineData("{sv}", false)]
    [InlineData("()", false)]
    [InlineData("(s", false)]
    [InlineData("a", false)]
    [InlineData("z", false)]
    public void Signatures_IsValid_FollowsTheGrammar(string signature, bool valid) => Assert.Equal(valid, DBusSignatures.IsValid(signature));

    [Fact]
    public void Signatures_TooDeepOrLong_AreInvalid()
    {
        Assert.False(DBusSignatures.IsValid(new string('a', 60) + "y"));
        Assert.False(DBusSignatures.IsValid(new string('y', 256)));
        Assert.True(DBusSignatures.IsValid(new string('y', 255)));
    }
}
