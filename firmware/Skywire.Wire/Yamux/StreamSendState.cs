// What a session knows of a stream it sends for.
namespace Skywire.Wire.Yamux;

/// <summary>The sending half of a stream, and where the stream is in its life. Guarded by the session's lock.</summary>
internal sealed class StreamSendState
{
    /// <summary>Bytes a writer waits to have taken; the memory is the writer's.</summary>
    public ReadOnlyMemory<byte> Pending { get; set; }

    /// <summary>Bytes the peer allows.</summary>
    public long Credit { get; set; } = YamuxFrame.InitialWindow;

    /// <summary>Our SYN has not gone out.</summary>
    public bool SynDue { get; set; }

    /// <summary>Our FIN is to follow the pending bytes.</summary>
    public bool FinDue { get; set; }

    /// <summary>Our FIN is out or due: nothing more may be written.</summary>
    public bool IsWritingOver { get; set; }

    /// <summary>Our FIN has gone out.</summary>
    public bool FinSent { get; set; }

    /// <summary>The peer's FIN has come.</summary>
    public bool RemoteFin { get; set; }

    /// <summary>The peer acknowledged our open.</summary>
    public bool Acked { get; set; }

    /// <summary>Our acknowledgement has not gone out.</summary>
    public bool AckDue { get; set; }

    /// <summary>Credit to announce.</summary>
    public uint CreditDue { get; set; }

    /// <summary>In the queue of streams with something to send.</summary>
    public bool IsQueued { get; set; }

    /// <summary>In the queue of streams with an acknowledgement or credit to send.</summary>
    public bool IsControlQueued { get; set; }

    /// <summary>No longer in the session's table.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Reset by either side, or lost with the session.</summary>
    public bool IsReset { get; set; }

    /// <summary>Disposed here and waiting for the peer's FIN.</summary>
    public bool IsClosed { get; set; }

    /// <summary>When the session resets the stream for waiting in vain; 0 is never.</summary>
    public long Deadline { get; set; }

    /// <summary>True when a frame of the stream could go out now.</summary>
    public bool HasFrame => SynDue || (Pending.Length > 0 ? Credit > 0 : FinDue);
}
