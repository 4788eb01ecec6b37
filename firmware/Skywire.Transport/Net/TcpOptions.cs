// Every limit of kernel TCP links, with the reason for its default.
namespace Skywire.Transport.Net;

/// <summary>Settings of <see cref="TcpNetwork"/>.</summary>
public sealed record TcpOptions
{
    /// <summary>The defaults.</summary>
    public static TcpOptions Default { get; } = new();

    /// <summary>Longest wait for one address to answer. The kernel alone waits about 130 s, which the reference then repeats; three lost SYNs fit into 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Head start of one resolved address over the next (RFC 8305 recommends 250 ms).</summary>
    public TimeSpan ConnectStagger { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Silence before the kernel probes the peer: below the usual 60 s of a NAT's shortest timers.</summary>
    public TimeSpan KeepAliveTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between unanswered probes.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Unanswered probes until the link counts as dead: 30 s after the first.</summary>
    public int KeepAliveRetries { get; init; } = 3;

    /// <summary>Longest time that written data may stay unacknowledged (TCP_USER_TIMEOUT); the kernel's own limit is about 15 minutes.</summary>
    public TimeSpan UserTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Kernel receive buffer in bytes; null leaves it to the kernel, which grows it to the measured bandwidth-delay product (a fixed size would switch that off).</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>Kernel send buffer in bytes; null leaves it to the kernel, for the same reason.</summary>
    public int? SendBuffer { get; init; }

    /// <summary>Connections the kernel completes before they are accepted.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>Throws <see cref="ArgumentException"/> naming the first setting out of range.</summary>
    public void Validate()
    {
        Require(ConnectTimeout > TimeSpan.Zero, nameof(ConnectTimeout));
        Require(ConnectStagger >= TimeSpan.Zero, nameof(ConnectStagger));
        Require(KeepAliveTime >= TimeSpan.FromSeconds(1), nameof(KeepAliveTime));
        Require(KeepAliveInterval >= TimeSpan.FromSeconds(1), nameof(KeepAliveInterval));
        Require(KeepAliveRetries > 0, nameof(KeepAliveRetries));
        Require(UserTimeout >= TimeSpan.Zero, nameof(UserTimeout));
        Require(ReceiveBuffer is null or >= 4096, nameof(ReceiveBuffer));
        Require(SendBuffer is null or >= 4096, nameof(SendBuffer));
        Require(Backlog > 0, nameof(Backlog));
    }

    private static void Require(bool condition, string name)
    {
        if (!condition)
        {
            throw new ArgumentException($"TCP option {name} is out of range", name);
        }
    }
}
