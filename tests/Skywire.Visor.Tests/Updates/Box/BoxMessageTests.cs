using System.Text;
using Skywire.Discovery.Box;
using Skywire.Visor.Updates.Box;

namespace Skywire.Visor.Tests.Updates.Box;

public sealed class BoxMessageTests
{
    private const string Use = "/update/v1/report";
    private const string Challenge = "00112233445566778899aabbccddeeff";

    [Fact]
    public void TryOpen_Sealed_GivesChallengeAndContent()
    {
        using var secret = Secret(1);
        Assert.True(BoxMessage.TryOpen(secret, Use, BoxMessage.Seal(secret, Use, Challenge, "{}"u8), out var challenge, out var json));
        Assert.Equal((Challenge, "{}"), (challenge, Encoding.UTF8.GetString(json)));
    }

    [Fact]
    public void TryOpen_CutAtEachByteOrOneBitOther_IsRefused()
    {
        using var secret = Secret(1);
        var message = BoxMessage.Seal(secret, Use, Challenge, "{\"board\":\"a\"}"u8);
        for (var length = 0; length < message.Length; length++)
        {
            Assert.False(BoxMessage.TryOpen(secret, Use, message.AsSpan(0, length), out _, out _));
        }

        for (var at = 0; at < message.Length; at++)
        {
            message[at] ^= 1;
            Assert.False(BoxMessage.TryOpen(secret, Use, message, out _, out var json));
            Assert.Empty(json);
            message[at] ^= 1;
        }

        Assert.True(BoxMessage.TryOpen(secret, Use, message, out _, out _));
    }

    [Fact]
    public void TryOpen_AnotherSecretOrUse_IsRefused()
    {
        using var secret = Secret(1);
        using var other = Secret(2);
        var message = BoxMessage.Seal(secret, Use, Challenge, "{}"u8);
        Assert.False(BoxMessage.TryOpen(other, Use, message, out _, out _));
        Assert.False(BoxMessage.TryOpen(secret, "answer to " + Use, message, out _, out _));
    }

    [Fact]
    public void IsMember_TagOfAnotherPathOrRange_IsRefused()
    {
        using var secret = Secret(1);
        var tag = BoxMessage.TagOfGet(secret, "/a", "bytes=0-9");
        Assert.True(BoxMessage.IsMember(secret, "/a", "bytes=0-9", tag));
        Assert.False(BoxMessage.IsMember(secret, "/b", "bytes=0-9", tag));
        Assert.False(BoxMessage.IsMember(secret, "/a", "bytes=0-8", tag));
        Assert.False(BoxMessage.IsMember(secret, "/a", "bytes=0-9", null));
    }

    private static BoxSecret Secret(byte fill) => BoxSecret.TryCreate([.. Enumerable.Repeat(fill, 32)], out var secret) ? secret! : throw new InvalidOperationException("not a secret");
}
