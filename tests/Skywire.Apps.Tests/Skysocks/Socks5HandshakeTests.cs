// The SOCKS5 conversation without any IO.
using System.Buffers;
using System.Net;
using System.Text;
using Skywire.Apps.Skysocks;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Apps.Tests.Skysocks;

public sealed class Socks5HandshakeTests
{
    private const string Greeting = "050100";
    private const string GreetingBoth = "05020002";
    private const string Secret = "0104" + "75736572" + "06" + "736563726574"; // user, secret
    private const string IPv4 = "05010001" + "c0000207" + "0050";
    private const string IPv6 = "05010004" + "20010db8000000000000000000000005" + "01bb";
    private const string Name = "05010003" + "0b" + "6578616d706c652e636f6d" + "01bb";

    public static TheoryData<string, string?, string, string> Accepted => new()
    {
        { Greeting + IPv4, null, "0500", "192.0.2.7:80" },
        { GreetingBoth + IPv4, null, "0500", "192.0.2.7:80" },
        { Greeting + IPv6, null, "0500", "[2001:db8::5]:443" },
        { Greeting + Name, null, "0500", "example.com:443" },
        { Greeting + "05010003" + "09" + Text("127.0.0.1") + "0016", null, "0500", "127.0.0.1:22" },
        { Greeting + "05010003" + "03" + Text("::1") + "0016", null, "0500", "[::1]:22" },
        { GreetingBoth + Secret + Name, "secret", "05020100", "example.com:443" },
        { "050102" + Secret + Name, "user", "05020100", "example.com:443" }, // the user name counts as well
    };

    public static TheoryData<string, string?, string, ProtocolError> Refused => new()
    {
        { "040100", null, "", ProtocolError.BadSocksMessage }, // SOCKS4
        { "474554202f", null, "", ProtocolError.BadSocksMessage }, // an HTTP client
        { "0500", null, "05ff", ProtocolError.BadCredentials },
        { "050102", null, "05ff", ProtocolError.BadCredentials },
        { "050100", "secret", "05ff", ProtocolError.BadCredentials },
        { "050102" + Secret, "other", "05020101", ProtocolError.BadCredentials },
        { "050102" + "01000000", "other", "05020101", ProtocolError.BadCredentials },
        { "050102" + "0500", "secret", "0502", ProtocolError.BadSocksMessage },
        { Greeting + "05020001c00002070050", null, "0500" + "05070001000000000000", ProtocolError.SocksCommandNotSupported }, // BIND
        { Greeting + "05030001c00002070050", null, "0500" + "05070001000000000000", ProtocolError.SocksCommandNotSupported }, // UDP ASSOCIATE
        { Greeting + "0501000200000000000050", null, "0500" + "05080001000000000000", ProtocolError.BadSocksMessage },
        { Greeting + "05010001c00002070000", null, "0500" + "05010001000000000000", ProtocolError.BadSocksMessage }, // port 0
        { Greeting + "0501000300" + "0050", null, "0500" + "05040001000000000000", ProtocolError.BadSocksMessage }, // empty name
        { Greeting + "0501000303" + "612062" + "0050", null, "0500" + "05040001000000000000", ProtocolError.BadSocksMessage }, // "a b"
        { Greeting + "0501000305" + Text("a:b/c") + "0050", null, "0500" + "05040001000000000000", ProtocolError.BadSocksMessage },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Process_GoodConversation_WholeCutAndWithBytesBehind(string hex, string? passcode, string reply, string target)
    {
        var bytes = Convert.FromHexString(hex);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var (status, answer, handshake, left) = Run([.. bytes, 0x77], cut, passcode);
            Assert.Equal(OperationStatus.Done, status);
            Assert.Equal(reply, answer);
            Assert.Equal(target, handshake.Request.Target);
            Assert.Equal(1, left);
        }

        // One byte less is never enough.
        Assert.Equal(OperationStatus.NeedMoreData, Run(bytes[..^1], 0, passcode).Status);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Process_BadConversation_AnswersAndNamesTheCause(string hex, string? passcode, string reply, ProtocolError cause)
    {
        var bytes = Convert.FromHexString(hex);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var (status, answer, handshake, _) = Run(bytes, cut, passcode);
            Assert.Equal(OperationStatus.InvalidData, status);
            Assert.Equal(reply, answer);
            Assert.Equal(cause, handshake.Cause);
            Assert.Equal(OperationStatus.InvalidData, handshake.Process(bytes, new ArrayBufferWriter<byte>(), out _));
        }
    }

    [Fact]
    public void Process_Mutations_NeverThrow()
    {
        var random = new SimulationEntropy(3);
        string[] seeds = [Greeting + IPv4, Greeting + Name, "050102" + Secret + Name];
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Convert.FromHexString(seeds[i % seeds.Length]);
            for (var n = random.Next(4); n >= 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var (status, _, handshake, _) = Run(bytes, random.Next(bytes.Length), i % 2 == 0 ? "secret" : null);
            if (status == OperationStatus.Done)
            {
                Assert.Equal(Socks5Command.Connect, handshake.Request.Command);
                Assert.NotEqual(0, handshake.Request.Port);
                Assert.DoesNotContain(handshake.Request.Target, char.IsWhiteSpace);
            }
        }
    }

    [Fact]
    public void Passcode_Accepts_EitherFieldAndNothingElse()
    {
        var passcode = new Passcode("a secret");
        Assert.True(passcode.Accepts("a secret"u8, "x"u8));
        Assert.True(passcode.Accepts("x"u8, "a secret"u8));
        Assert.False(passcode.Accepts("a secre"u8, "a secret "u8));
        Assert.False(passcode.Accepts([], []));
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::ffff:192.168.1.1", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    public void PublicOnly_Address_AsItsRangeSays(string address, bool allowed)
    {
        Assert.Equal(allowed, EgressPolicy.PublicOnly.Allows(IPAddress.Parse(address)));
        Assert.True(EgressPolicy.AllowAll.Allows(IPAddress.Parse(address)));
    }

    private static (OperationStatus Status, string Reply, Socks5Handshake Handshake, int Left) Run(byte[] bytes, int cut, string? passcode)
    {
        var handshake = new Socks5Handshake(passcode is null ? null : new Passcode(passcode));
        var reply = new ArrayBufferWriter<byte>();
        var position = 0;
        var status = OperationStatus.NeedMoreData;
        foreach (var end in (int[])[cut, bytes.Length])
        {
            if (status == OperationStatus.NeedMoreData)
            {
                status = handshake.Process(bytes.AsSpan(position, end - position), reply, out var consumed);
                position += consumed;
            }
        }

        return (status, Convert.ToHexStringLower(reply.WrittenSpan), handshake, bytes.Length - position);
    }

    private static string Text(string text) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text));
}
