using System.Net;
using System.Net.Sockets;
using System.Text;
using Skywire.Testing;
using Skywire.Wifi.Setup.Http;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupHttpServerTests : TestBase
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData(Get, "HTTP/1.1 200 OK", "hello")]
    [InlineData("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK", "")]
    [InlineData("\u0016\u0003\u0001hello", "HTTP/1.1 400 Bad Request", "this is no request\n")]
    public async Task Serve_Request_IsAnsweredAndClosed(string request, string status, string body)
    {
        await using var server = Server();
        using var socket = await ConnectAsync(server);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), Deadline);
        var answer = await ReadAsync(socket);
        Assert.StartsWith(status + "\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(body, answer.Split("\r\n\r\n", 2)[1]);
    }

    [Fact]
    public async Task Serve_TooLarge_IsToldSoThoughNotAllWasRead()
    {
        await using var server = Server();
        using var socket = await ConnectAsync(server);
        await socket.SendAsync(Encoding.ASCII.GetBytes("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + new string('a', 20_000)), Deadline);
        socket.Shutdown(SocketShutdown.Send);
        Assert.StartsWith("HTTP/1.1 400", await ReadAsync(socket), StringComparison.Ordinal);
        Assert.Equal(1, server.Refused);
    }

    [Fact]
    public async Task Serve_RequestInPieces_IsAnswered()
    {
        await using var server = Server();
        using var socket = await ConnectAsync(server);
        socket.NoDelay = true;
        foreach (var c in Encoding.ASCII.GetBytes(Get))
        {
            await socket.SendAsync((byte[])[c], Deadline);
        }

        Assert.StartsWith("HTTP/1.1 200", await ReadAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_SilentConnections_GiveTheirPlacesBack()
    {
        await using var server = Server();
        var silent = new List<Socket>();
        for (var i = 0; i < SetupHttpServer.MaxConnections; i++)
        {
            silent.Add(await ConnectAsync(server));
        }

        // They hold every place: one more is closed unanswered.
        using (var more = await ConnectAsync(server))
        {
            Assert.Equal("", await ReadAsync(more));
        }

        var ends = silent.Select(ReadAsync).ToList();
        while (ends.Any(e => !e.IsCompleted))
        {
            Deadline.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(_time.Elapsed >= SetupHttpServer.Patience);
        using var next = await ConnectAsync(server);
        await next.SendAsync(Encoding.ASCII.GetBytes(Get), Deadline);
        Assert.StartsWith("HTTP/1.1 200", await ReadAsync(next), StringComparison.Ordinal);
        silent.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task DisposeAsync_OpenConnections_EndAtOnce()
    {
        var server = Server();
        using var socket = await ConnectAsync(server);
        await server.DisposeAsync().AsTask().WaitAsync(Deadline);
        Assert.Equal("", await ReadAsync(socket));
    }

    private SetupHttpServer Server()
    {
        var server = new SetupHttpServer(new IPEndPoint(IPAddress.Loopback, 0), _time);
        server.Serve((_, _) => Task.FromResult(new SetupReply(200, "text/plain", "hello")));
        return server;
    }

    private async Task<Socket> ConnectAsync(SetupHttpServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.EndPoint, Deadline);
        return socket;
    }

    // All that comes until the other side closes, with an end or a reset.
    private async Task<string> ReadAsync(Socket socket)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            int got;
            while ((got = await socket.ReceiveAsync(buffer, Deadline)) > 0)
            {
                answer.Write(buffer, 0, got);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
            // Closed with something of ours unread.
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
