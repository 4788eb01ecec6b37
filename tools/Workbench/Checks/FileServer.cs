// The smallest HTTP server that can be measured through: runs inside one board's namespace, on its loopback, so that only that board can reach it.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Skywire.Workbench.Checks;

/// <summary>Answers <c>GET /SIZE</c> with the pattern file of that many bytes, and <c>GET /echo</c> with whatever the client sends from then on.</summary>
internal static class FileServer
{
    /// <summary>Serves until cancelled, on the loopback alone unless <paramref name="anyAddress"/>. Prints "listening" once ready.</summary>
    public static async Task<int> RunAsync(int port, bool anyAddress, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(anyAddress ? IPAddress.Any : IPAddress.Loopback, port);
        listener.Start();
        Console.WriteLine("listening");
        while (!cancellationToken.IsCancellationRequested)
        {
            var socket = await listener.AcceptSocketAsync(cancellationToken);
            _ = ServeAsync(socket);
        }

        return 0;
    }

    private static async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var request = new byte[4096];
                var n = 0;
                while (!Encoding.ASCII.GetString(request, 0, n).Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    var read = n < request.Length ? await socket.ReceiveAsync(request.AsMemory(n)) : 0;
                    if (read == 0)
                    {
                        return;
                    }

                    n += read;
                }

                var path = Encoding.ASCII.GetString(request, 0, n).Split(' ') is [_, var target, ..] ? target : "/";
                if (path == "/echo")
                {
                    await EchoAsync(socket);
                    return;
                }

                if (!long.TryParse(path.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                {
                    await SendAsync(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                    return;
                }

                await SendAsync(socket, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n")));
                var buffer = new byte[PatternStream.BufferSize];
                for (long index = 0; index * PatternStream.BufferSize < size; index++)
                {
                    await SendAsync(socket, buffer.AsMemory(0, PatternStream.Fill(buffer, index, size)));
                }

                socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The client went away; the check judges by what it got.
            }
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        socket.NoDelay = true;
        await SendAsync(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray());
        var buffer = new byte[4096];
        int n;
        while ((n = await socket.ReceiveAsync(buffer)) > 0)
        {
            await SendAsync(socket, buffer.AsMemory(0, n));
        }
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0)
        {
            data = data[await socket.SendAsync(data)..];
        }
    }
}
