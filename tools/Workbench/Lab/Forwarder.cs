// Brings a port inside a board's namespace to this machine's loopback.
using System.Net;
using System.Net.Sockets;

namespace Skywire.Workbench.Lab;

/// <summary>Accepts on a loopback port and copies bytes to and from a port inside a namespace; half-close is passed on.</summary>
internal sealed class Forwarder : IDisposable
{
    private readonly TcpListener _listener;
    private readonly string? _namespace;
    private readonly int _port;

    /// <summary>Listens at once and connects each client to the same port on the namespace's loopback; a taken port throws with its number.</summary>
    public Forwarder(int port, string? networkNamespace)
    {
        _port = port;
        _namespace = networkNamespace;
        _listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            _listener.Start();
        }
        catch (SocketException e)
        {
            throw new WorkbenchException($"port {port} on 127.0.0.1 is taken ({e.SocketErrorCode})", "stop what listens there (ss -ltnp shows it), or choose others: tools/skyminer up --proxy-port N --page-port N");
        }
    }

    /// <summary>Accepts until disposed.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = ServeAsync(client);
        }
    }

    /// <summary>Stops accepting.</summary>
    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Socket client)
    {
        using (client)
        using (var server = NamespaceSockets.Create(_namespace))
        {
            client.NoDelay = true;
            server.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _port);
                await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));
            }
            catch (SocketException)
            {
                // Either end has gone; closing both is the answer.
            }
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[256 * 1024];
        int n;
        while ((n = await from.ReceiveAsync(buffer)) > 0)
        {
            for (var sent = 0; sent < n;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, n - sent));
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
