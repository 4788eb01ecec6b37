using System.Buffers;
using System.Text;
using Skywire.Wifi.Setup.Http;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupRequestTests
{
    private const string Post = "POST /?x=1 HTTP/1.1\r\nHost: 10.77.0.1\r\nOrigin: http://10.77.0.1\r\nContent-Type: Application/X-WWW-Form-Urlencoded; charset=UTF-8\r\nContent-Length: 7\r\n\r\nname=ab";

    [Fact]
    public void Read_WholePost_HasItsParts()
    {
        Assert.Equal(OperationStatus.Done, Read(Post, out var request));
        Assert.Equal(("POST", "10.77.0.1", "/", "http://10.77.0.1", "application/x-www-form-urlencoded", "name=ab"),
            (request!.Method, request.Host, request.Path, request.Origin, request.ContentType, Encoding.ASCII.GetString(request.Body.Span)));
    }

    [Fact]
    public void Read_CutAtEveryByte_NeedsMoreData()
    {
        for (var length = 0; length < Post.Length; length++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, Read(Post[..length], out var request));
            Assert.Null(request);
        }
    }

    [Fact]
    public void Read_TrailingBytes_AreLeft()
    {
        Assert.Equal(OperationStatus.Done, Read(Post + "GET", out var request));
        Assert.Equal(7, request!.Body.Length);
    }

    [Theory]
    [InlineData("http://connectivitycheck.gstatic.com/generate_204", "connectivitycheck.gstatic.com", "/generate_204")]
    [InlineData("HTTP://10.77.0.1", "10.77.0.1", "/")]
    public void Read_WholeAddress_OverridesTheHost(string target, string host, string path)
    {
        Assert.Equal(OperationStatus.Done, Read($"GET {target} HTTP/1.1\r\nHost: other\r\n\r\n", out var request));
        Assert.Equal((host, path), (request!.Host, request.Path));
    }

    [Theory]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("get / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/2.0\r\n\r\n")]
    [InlineData("GET  / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1 \r\n\r\n")]
    [InlineData("GET x HTTP/1.1\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost 10.77.0.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost : 10.77.0.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nA: b\nHost: c\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nA: b\u0000\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 16384\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    public void Read_NoProperRequest_IsInvalid(string text) => Assert.Equal(OperationStatus.InvalidData, Read(text, out _));

    [Fact]
    public void Read_EndlessHead_IsInvalidAtTheLimit()
    {
        var head = "GET / HTTP/1.1\r\nA: " + new string('a', SetupRequest.MaxSize);
        Assert.Equal(OperationStatus.NeedMoreData, Read(head[..(SetupRequest.MaxSize - 1)], out _));
        Assert.Equal(OperationStatus.InvalidData, Read(head[..SetupRequest.MaxSize], out _));
    }

    [Fact]
    public void Read_TooManyHeaders_IsInvalid() => Assert.Equal(OperationStatus.InvalidData, Read("GET / HTTP/1.1\r\n" + string.Concat(Enumerable.Range(0, 65).Select(i => $"H{i}: x\r\n")) + "\r\n", out _));

    private static OperationStatus Read(string text, out SetupRequest? request) => SetupRequest.Read(Encoding.Latin1.GetBytes(text), out request);
}
