// Fetches the pattern file through a SOCKS5 proxy, hashing as it comes.
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Skywire.Workbench.Lab;

namespace Skywire.Workbench.Checks;

/// <summary>Outcome of one fetch.</summary>
internal sealed record FetchResult(long Bytes, string Sha256, TimeSpan FirstByte, TimeSpan Total);

/// <summary>A SOCKS5 client of a few lines, so that the measurement has nothing in it but the proxy.</summary>
internal static class ProxyFetch
{
    /// <summary>Fetches <paramref name="size"/> bytes from host:port through the proxy on 127.0.0.1, inside a namespace if one is named. Throws <see cref="IOException"/> with what went wrong.</summary>
    public static async Task<FetchResult> FetchAsync(string? networkNamespace, int proxyPort, string host, int port, long size, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        using var socket = await ConnectAsync(networkNamespace, proxyPort, host, port, cancellationToken);
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"GET /{size} HTTP/1.1\r\nHost: {host}\r\n\r\n")), cancellationToken);
            return await ReadBodyAsync(socket, size, watch, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Round trips of 64 bytes to the echo of the file server, one after the other, in milliseconds, sorted.</summary>
    public static async Task<double[]> EchoAsync(string? networkNamespace, int proxyPort, string host, int port, int count, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(networkNamespace, proxyPort, host, port, cancellationToken);
        await socket.SendAsync("GET /echo HTTP/1.1\r\n\r\n"u8.ToArray(), cancellationToken);
        var head = new byte[1];
        for (var matched = 0; matched < 4;)
        {
            _ = await socket.ReceiveAsync(head, cancellationToken) > 0 ? 0 : throw new IOException("the connection ended before the echo");
            matched = head[0] == "\r\n\r\n"u8[matched] ? matched + 1 : head[0] == '\r' ? 1 : 0;
        }

        var message = new byte[64];
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await socket.SendAsync(message, cancellationToken);
            await ReceiveExactAsync(socket, message.Length, cancellationToken);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }

    /// <summary>A connection through the proxy to host:port. The caller owns the socket. Throws <see cref="IOException"/>.</summary>
    public static async Task<Socket> ConnectAsync(string? networkNamespace, int proxyPort, string host, int port, CancellationToken cancellationToken)
    {
        var socket = NamespaceSockets.Create(networkNamespace);
        socket.NoDelay = true;
        try
        {
            await socket.ConnectAsync("127.0.0.1", proxyPort, cancellationToken);
            await socket.SendAsync(new byte[] { 5, 1, 0 }, cancellationToken);
            var reply = await ReceiveExactAsync(socket, 2, cancellationToken);
            if (reply[1] != 0)
            {
                throw new IOException("the proxy asks for a password");
            }

            var name = Encoding.ASCII.GetBytes(host);
            byte[] connect = [5, 1, 0, 3, (byte)name.Length, .. name, (byte)(port >> 8), (byte)port];
            await socket.SendAsync(connect, cancellationToken);
            reply = await ReceiveExactAsync(socket, 4, cancellationToken);
            if (reply[1] != 0)
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the proxy answered CONNECT with code {reply[1]}"));
            }

            await ReceiveExactAsync(socket, (reply[3] == 4 ? 16 : 4) + 2, cancellationToken);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException(e.Message, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<FetchResult> ReadBodyAsync(Socket socket, long size, Stopwatch watch, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[256 * 1024];
        var n = 0;
        int end;
        while ((end = buffer.AsSpan(0, n).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(n), cancellationToken);
            n += read > 0 ? read : throw new IOException("the connection ended before the answer");
        }

        var first = watch.Elapsed;
        if (!buffer.AsSpan().StartsWith("HTTP/1.1 200"u8))
        {
            throw new IOException("the server answered " + Encoding.ASCII.GetString(buffer, 0, 12));
        }

        long bytes = n - end - 4;
        hash.AppendData(buffer, end + 4, (int)bytes);
        while (bytes < size)
        {
            n = await socket.ReceiveAsync(buffer, cancellationToken);
            if (n == 0)
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the connection ended after {bytes} of {size} bytes"));
            }

            hash.AppendData(buffer, 0, n);
            bytes += n;
        }

        return new FetchResult(bytes, Convert.ToHexStringLower(hash.GetHashAndReset()), first, watch.Elapsed);
    }

    private static async Task<byte[]> ReceiveExactAsync(Socket socket, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        for (var n = 0; n < count;)
        {
            var read = await socket.ReceiveAsync(bytes.AsMemory(n), cancellationToken);
            n += read > 0 ? read : throw new IOException("the proxy closed the connection");
        }

        return bytes;
    }
}
