// Tells systemd what this process is doing: READY, STATUS, WATCHDOG, STOPPING as datagrams to NOTIFY_SOCKET (sd_notify(3)).
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Skywire.Linux;

/// <summary>Sends state to the service manager; does nothing where there is none. A lost message is not an error: the manager's own limits decide.</summary>
public sealed class SystemdNotify : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _target;

    /// <summary>Talks to the socket of this path ("@..." is an abstract one); null means no service manager.</summary>
    public SystemdNotify(string? path)
    {
        if (string.IsNullOrEmpty(path) || path[0] is not ('/' or '@'))
        {
            return;
        }

        _target = new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
    }

    /// <summary>The service manager of this process' environment.</summary>
    public static SystemdNotify FromEnvironment() => new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    /// <summary>How often the manager wants a sign of life: half of WATCHDOG_USEC, so that one late sign does not kill; null when it wants none.</summary>
    public static TimeSpan? WatchdogInterval(string? microseconds, string? forProcess, int processId)
    {
        if (!long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value <= 0)
        {
            return null;
        }

        var isForUs = string.IsNullOrEmpty(forProcess) || forProcess == processId.ToString(CultureInfo.InvariantCulture);
        return isForUs ? TimeSpan.FromMicroseconds(value / 2.0) : null;
    }

    /// <summary>Start-up is complete.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string status) => Send("STATUS=" + OneLine(status));

    /// <summary>A sign of life.</summary>
    public void Watchdog() => Send("WATCHDOG=1");

    /// <summary>Shutting down.</summary>
    public void Stopping(string status) => Send($"STOPPING=1\nSTATUS={OneLine(status)}");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private void Send(string text)
    {
        try
        {
            _socket?.SendTo(Encoding.UTF8.GetBytes(text), _target!);
        }
        catch (SocketException)
        {
            // The manager is gone or its queue is full. Nothing here depends on it, and its watchdog decides what a lost sign means.
        }
    }
}
