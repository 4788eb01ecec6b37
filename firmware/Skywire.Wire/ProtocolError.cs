// One flat list of causes, shared by logs, metrics and tests: every refusal, drop and retry has its word here.
namespace Skywire.Wire;

/// <summary>Why something was refused, dropped, closed or retried. The word is the same in logs, counters and tests.</summary>
public enum ProtocolError
{
    /// <summary>No error.</summary>
    None,

    // Noise and frames (spec 02)

    /// <summary>A frame prefix above the limit.</summary>
    FrameTooLong,

    /// <summary>A record shorter than its counter and tag.</summary>
    RecordTooShort,

    /// <summary>An authentication tag did not verify.</summary>
    BadTag,

    /// <summary>A record counter did not grow, or was seen before.</summary>
    ReplayedCounter,

    /// <summary>A record counter skipped values on a stream that must be gapless: data was lost below.</summary>
    LostRecord,

    /// <summary>A handshake message was malformed or its keys invalid.</summary>
    BadHandshake,

    /// <summary>A handshake did not finish in time.</summary>
    HandshakeTimeout,

    /// <summary>The peer proved another key than the one dialled.</summary>
    WrongPeer,

    /// <summary>The stream ended inside a frame.</summary>
    TruncatedFrame,

    // gob, RPC (spec 04)

    /// <summary>A gob message that breaks the format or a limit.</summary>
    BadGob,

    /// <summary>The remote end of a call answered with an error text.</summary>
    RemoteCallFailed,

    // yamux (spec 03 §3)

    /// <summary>A mux frame that breaks the protocol.</summary>
    BadMuxFrame,

    /// <summary>More data than the window allows.</summary>
    WindowExceeded,

    /// <summary>The stream was reset by the peer.</summary>
    StreamReset,

    /// <summary>Too many streams waiting.</summary>
    BacklogFull,

    /// <summary>A keep-alive went unanswered.</summary>
    KeepAliveTimeout,

    /// <summary>A write made no progress in time.</summary>
    WriteTimeout,

    /// <summary>The session below has ended.</summary>
    SessionClosed,

    // dmsg (spec 03 §4-9)

    /// <summary>A signed object that is malformed or whose signature fails.</summary>
    BadSignedObject,

    /// <summary>The destination key is not the receiver's.</summary>
    WrongDestination,

    /// <summary>The source key is not the session's.</summary>
    WrongSource,

    /// <summary>Nobody listens on the port.</summary>
    NoListener,

    /// <summary>The server holds no session of the destination.</summary>
    NoNextSession,

    /// <summary>The peer has no entry in the discovery.</summary>
    EntryNotFound,

    /// <summary>No delegated server could be reached.</summary>
    NoServer,

    /// <summary>A limit of the local side was reached.</summary>
    LimitReached,

    /// <summary>The local or remote port is taken.</summary>
    PortTaken,

    /// <summary>The stream was closed before an answer came: a server or client of the reference refuses that way, without a reason.</summary>
    DialRefused,

    // transports (spec 10)

    /// <summary>A network handshake frame was malformed, or nonce or signature wrong.</summary>
    BadNetworkHandshake,

    /// <summary>The settlement entry was malformed, mismatching or badly signed.</summary>
    BadSettlement,

    /// <summary>The peer refused the settlement.</summary>
    SettlementRefused,

    /// <summary>A second transport of the same ID gave way.</summary>
    DuplicateTransport,

    /// <summary>The peer's address is not known.</summary>
    AddressUnknown,

    /// <summary>The peer could not be reached.</summary>
    DialFailed,

    /// <summary>The transport ended.</summary>
    TransportClosed,

    /// <summary>The transport type is not enabled here.</summary>
    TypeNotEnabled,

    // routing (spec 12, 13)

    /// <summary>A packet of a type not known here.</summary>
    UnknownPacketType,

    /// <summary>A packet whose payload is too short for its type.</summary>
    ShortPacket,

    /// <summary>No rule for the route ID.</summary>
    RuleNotFound,

    /// <summary>The rule's keep-alive ran out.</summary>
    RuleExpired,

    /// <summary>The rule is malformed, or its ID was not reserved by the caller.</summary>
    BadRule,

    /// <summary>The rule came in over another transport than its own direction uses.</summary>
    WrongTransport,

    /// <summary>The rule's next transport is gone.</summary>
    NextTransportGone,

    /// <summary>The next transport stayed full for too long.</summary>
    NextTransportFull,

    /// <summary>The route group does not exist.</summary>
    NoRouteGroup,

    /// <summary>The app did not read for too long.</summary>
    ReceiverTooSlow,

    /// <summary>The table has no free IDs.</summary>
    NoRouteIds,

    /// <summary>No path between the two visors.</summary>
    NoRoute,

    /// <summary>No setup node could be reached.</summary>
    NoSetupNode,

    /// <summary>The setup node or a hop refused.</summary>
    SetupRefused,

    /// <summary>The caller is not on the list of trusted keys.</summary>
    NotTrusted,

    /// <summary>The route was set up but carried nothing.</summary>
    RouteSilent,

    /// <summary>The peer closed the route.</summary>
    RouteClosed,

    // services (spec 05, 11)

    /// <summary>A service could not be reached.</summary>
    ServiceUnreachable,

    /// <summary>A service refused the request.</summary>
    ServiceRefused,

    /// <summary>A service's answer could not be read.</summary>
    BadServiceAnswer,

    /// <summary>A request over a limit of rate or size.</summary>
    RateLimited,

    // apps (spec 14)

    /// <summary>A SOCKS5 message that breaks the protocol.</summary>
    BadSocksMessage,

    /// <summary>A SOCKS5 command not offered here.</summary>
    SocksCommandNotSupported,

    /// <summary>The credentials were refused.</summary>
    BadCredentials,

    /// <summary>The time given was used up.</summary>
    TimedOut,

    /// <summary>The local side is shutting down.</summary>
    ShuttingDown,

    /// <summary>The operator's rules do not let clients go there.</summary>
    DestinationDenied,
}

/// <summary>A peer, or the layer below, broke the conversation; thrown once, at the edge of a connection.</summary>
public sealed class ProtocolException : IOException
{
    /// <summary>Names the cause and what was going on.</summary>
    public ProtocolException(ProtocolError error, string message, Exception? inner = null)
        : base(message, inner)
    {
        Error = error;
    }

    /// <summary>The cause.</summary>
    public ProtocolError Error { get; }

    /// <summary>Throws; keeps hot code small.</summary>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public static void Throw(ProtocolError error, string message) => throw new ProtocolException(error, message);
}
