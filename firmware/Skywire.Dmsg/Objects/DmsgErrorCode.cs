// The error numbers of dmsg; on the wire only inside a refused response (spec 03 §9).
using Skywire.Wire;

namespace Skywire.Dmsg.Objects;

/// <summary>Error numbers of the reference (spec 03 §9).</summary>
internal enum DmsgErrorCode : ushort
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>An object that does not decode; local, the reference has no number for it.</summary>
    Malformed = 1,

    /// <summary>Discovery has no such entry.</summary>
    EntryNotFound = 100,

    /// <summary>The entry is not a server's.</summary>
    EntryIsNotServer = 101,

    /// <summary>The entry is not a client's.</summary>
    EntryIsNotClient = 102,

    /// <summary>The entry names no delegated servers.</summary>
    NoDelegatedServers = 103,

    /// <summary>The entity is closed.</summary>
    EntityClosed = 200,

    /// <summary>The session is closed.</summary>
    SessionClosed = 201,

    /// <summary>No delegated server could be connected.</summary>
    CannotConnectToDelegated = 202,

    /// <summary>Bytes behind the session handshake.</summary>
    SessionHandshakeExtraBytes = 203,

    /// <summary>Request signature.</summary>
    RequestSignature = 300,

    /// <summary>Request timestamp.</summary>
    RequestTimestamp = 301,

    /// <summary>Request source key.</summary>
    RequestSourceKey = 302,

    /// <summary>Request destination key.</summary>
    RequestDestinationKey = 303,

    /// <summary>Request source port.</summary>
    RequestSourcePort = 304,

    /// <summary>Request destination port.</summary>
    RequestDestinationPort = 305,

    /// <summary>Nobody listens on the port.</summary>
    NoListener = 306,

    /// <summary>The server holds no session of the destination.</summary>
    NoNextSession = 307,

    /// <summary>Response signature.</summary>
    ResponseSignature = 350,

    /// <summary>Response hash.</summary>
    ResponseHash = 351,

    /// <summary>Refused without a known reason.</summary>
    ResponseNotAccepted = 352,

    /// <summary>A signed object too short to carry anything.</summary>
    SignedObjectTooShort = 370,

    /// <summary>The port is taken.</summary>
    PortTaken = 400,

    /// <summary>The listener's queue is full.</summary>
    AcceptQueueFull = 401,
}

/// <summary>Translates the numbers into the words of the product.</summary>
internal static class DmsgErrorCodes
{
    /// <summary>The cause a number stands for; an unknown one is a refusal without reason.</summary>
    public static ProtocolError ToProtocolError(this DmsgErrorCode code) => code switch
    {
        DmsgErrorCode.None => ProtocolError.None,
        DmsgErrorCode.EntryNotFound or DmsgErrorCode.EntryIsNotClient => ProtocolError.EntryNotFound,
        DmsgErrorCode.EntryIsNotServer or DmsgErrorCode.NoDelegatedServers or DmsgErrorCode.CannotConnectToDelegated => ProtocolError.NoServer,
        DmsgErrorCode.EntityClosed or DmsgErrorCode.SessionClosed => ProtocolError.SessionClosed,
        DmsgErrorCode.SessionHandshakeExtraBytes => ProtocolError.BadHandshake,
        DmsgErrorCode.RequestSourceKey => ProtocolError.WrongSource,
        DmsgErrorCode.RequestDestinationKey => ProtocolError.WrongDestination,
        DmsgErrorCode.NoListener => ProtocolError.NoListener,
        DmsgErrorCode.NoNextSession => ProtocolError.NoNextSession,
        DmsgErrorCode.PortTaken => ProtocolError.PortTaken,
        DmsgErrorCode.AcceptQueueFull => ProtocolError.BacklogFull,
        DmsgErrorCode.Malformed or DmsgErrorCode.RequestSignature or DmsgErrorCode.RequestTimestamp or DmsgErrorCode.RequestSourcePort
            or DmsgErrorCode.RequestDestinationPort or DmsgErrorCode.ResponseSignature or DmsgErrorCode.ResponseHash
            or DmsgErrorCode.SignedObjectTooShort => ProtocolError.BadSignedObject,
        _ => ProtocolError.DialRefused,
    };
}
