// The kernel's TCP as an INetwork: bounded connects to every address of a name, dead links found, errors that name address and port.
using System.Net;
using System.Net.Sockets;
using Skywire.Wire;

namespace Skywire.Transport.Net;

/// <summary>Real TCP. Thread-safe.</summary>
public sealed class TcpNetwork : INetwork
{
    private const int LinuxTcpLevel = 6;
    private const int LinuxTcpUserTimeout = 18;

    private readonly TcpOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Takes its limits; throws <see cref="ArgumentException"/> when one is out of range.</summary>
    public TcpNetwork(TcpOptions options, TimeProvider time)
    {
        options.Validate();
        _options = options;
        _time = time;
    }

    /// <inheritdoc/>
    public async ValueTask<IByteStream> ConnectAsync(string address, CancellationToken cancellationToken)
    {
        var candidates = await ResolveAsync(address, cancellationToken);
        return await AddressRace.RunAsync<IPEndPoint, IByteStream>(
            candidates,
            async (endPoint, cancel) => await ConnectOneAsync(endPoint, cancel),
            static loser => loser.Abort(),
            _options.ConnectStagger,
            _time,
            cancellationToken);
    }

    /// <inheritdoc/>
    public IStreamListener Listen(IPEndPoint local)
    {
        var socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (local.AddressFamily == AddressFamily.InterNetworkV6 && local.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(local);
            socket.Listen(_options.Backlog);
            return new TcpStreamListener(socket, this, _time);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException(e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"port {local.Port} on {local.Address} is taken{PortHolder.Describe(local.Port)}"
                : $"cannot listen on {local}: {e.Message}", e);
        }
    }

    /// <summary>Applies the options of a link to a connected socket.</summary>
    internal void Tune(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)_options.KeepAliveTime.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)_options.KeepAliveInterval.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, _options.KeepAliveRetries);
        if (_options.ReceiveBuffer is { } receive)
        {
            socket.ReceiveBufferSize = receive;
        }

        if (_options.SendBuffer is { } send)
        {
            socket.SendBufferSize = send;
        }

        if (OperatingSystem.IsLinux() && _options.UserTimeout > TimeSpan.Zero)
        {
            socket.SetRawSocketOption(LinuxTcpLevel, LinuxTcpUserTimeout, BitConverter.GetBytes((int)_options.UserTimeout.TotalMilliseconds));
        }
    }

    private async Task<TcpByteStream> ConnectOneAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(endPoint, either.Token);
            Tune(socket);
            return new TcpByteStream(socket);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new IOException($"connect to {endPoint}: no answer within {_options.ConnectTimeout.TotalSeconds:0.#} s");
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"connect to {endPoint}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(string address, CancellationToken cancellationToken)
    {
        var colon = address.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(address.AsSpan(colon + 1), out var port) || port == 0)
        {
            throw new IOException($"connect to '{address}': expected host:port");
        }

        var host = address[..colon].Trim('[', ']');
        if (IPAddress.TryParse(host, out var literal))
        {
            return [new IPEndPoint(literal, port)];
        }

        try
        {
            var found = await Dns.GetHostAddressesAsync(host, cancellationToken);
            return found.Length > 0
                ? Array.ConvertAll(Interleave(found), a => new IPEndPoint(a, port))
                : throw new IOException($"connect to '{address}': the name has no address");
        }
        catch (SocketException e)
        {
            throw new IOException($"connect to '{address}': {e.Message}", e);
        }
    }

    /// <summary>Alternates the address families (RFC 8305 §4), so that a broken one costs one head start, not one per address.</summary>
    private static IPAddress[] Interleave(IPAddress[] addresses)
    {
        var first = addresses.Where(a => a.AddressFamily == addresses[0].AddressFamily).ToList();
        var other = addresses.Where(a => a.AddressFamily != addresses[0].AddressFamily).ToList();
        var result = new List<IPAddress>(addresses.Length);
        for (var i = 0; i < Math.Max(first.Count, other.Count); i++)
        {
            result.AddRange(first.Skip(i).Take(1));
            result.AddRange(other.Skip(i).Take(1));
        }

        return [.. result];
    }
}
