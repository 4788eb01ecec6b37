// The control socket of a wpa_supplicant that is not there.
using System.Net.Sockets;
using System.Text;

namespace Skywire.Wifi.Tests.Control;

internal sealed class FakeSupplicant : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string _path;
    private readonly Lock _lock = new();
    private System.Net.EndPoint? _attached;

    public FakeSupplicant(string path)
    {
        _path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        new Thread(Serve) { IsBackground = true }.Start();
    }

    /// <summary>Its word for how it is.</summary>
    public string Phase { get; set; } = "SCANNING";

    /// <summary>It takes commands and says nothing.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Tells who is attached.</summary>
    public void Tell(string text)
    {
        lock (_lock)
        {
            _socket.SendTo(Encoding.ASCII.GetBytes(text), _attached ?? throw new InvalidOperationException("nobody is attached"));
        }
    }

    /// <summary>Ends without a word, as one that is killed: the file stays.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        File.WriteAllText(_path, "");
    }

    private void Serve()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                System.Net.EndPoint from = new UnixDomainSocketEndPoint("/x");
                var length = _socket.ReceiveFrom(buffer, ref from);
                var command = Encoding.ASCII.GetString(buffer, 0, length);
                if (IsDeaf)
                {
                    continue;
                }

                lock (_lock)
                {
                    _attached = command == "ATTACH" ? from : _attached;
                    _socket.SendTo(Encoding.ASCII.GetBytes(command switch { "ATTACH" => "OK\n", "STATUS" => $"bssid=02:00:00:00:00:01\nwpa_state={Phase}\nmode=mesh\n", "PING" => "PONG\n", _ => "UNKNOWN COMMAND\n" }), from);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed, or the other side went: the test looks at what its side makes of it.
            return;
        }
    }
}
