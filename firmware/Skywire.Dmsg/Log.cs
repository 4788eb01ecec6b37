// Everything the dmsg component logs; event ids 1000 to 1099.
using Microsoft.Extensions.Logging;

namespace Skywire.Dmsg;

internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Session with dmsg server {Server} is up")]
    public static partial void SessionUp(ILogger logger, string server);

    [LoggerMessage(1001, LogLevel.Information, "Session with dmsg server {Server} ended: {Cause}")]
    public static partial void SessionEnded(ILogger logger, string server, string cause);

    [LoggerMessage(1002, LogLevel.Information, "Dmsg server {Server} at {Address} could not be joined: {Reason}")]
    public static partial void SessionFailed(ILogger logger, string server, string address, string reason);

    [LoggerMessage(1003, LogLevel.Warning, "No dmsg server is known: {Reason}")]
    public static partial void NoServers(ILogger logger, string reason);

    [LoggerMessage(1004, LogLevel.Debug, "Dmsg entry written, sequence {Sequence}")]
    public static partial void EntryWritten(ILogger logger, ulong sequence);

    [LoggerMessage(1005, LogLevel.Warning, "Dmsg entry could not be written: {Reason}")]
    public static partial void EntryFailed(ILogger logger, string reason);

    [LoggerMessage(1006, LogLevel.Warning, "Another node writes the dmsg entry of this key: sequence {Sequence} was not written here")]
    public static partial void EntryContested(ILogger logger, ulong sequence);

    [LoggerMessage(1007, LogLevel.Debug, "Stream of {Server} refused: {Cause}")]
    public static partial void StreamRefused(ILogger logger, string server, string cause);

    [LoggerMessage(1008, LogLevel.Debug, "Dial of {Peer} port {Port} failed: {Reason}")]
    public static partial void DialFailed(ILogger logger, string peer, ushort port, string reason);

    [LoggerMessage(1009, LogLevel.Information, "Session with dmsg server {Server} does not answer pings")]
    public static partial void SessionSilent(ILogger logger, string server);

    [LoggerMessage(1010, LogLevel.Debug, "Dmsg entry was not deleted at the end: {Reason}")]
    public static partial void EntryNotDeleted(ILogger logger, string reason);

    [LoggerMessage(1050, LogLevel.Debug, "Client {Client} at {Address} joined")]
    public static partial void ClientJoined(ILogger logger, string client, string address);

    [LoggerMessage(1051, LogLevel.Debug, "Client {Client} left: {Cause}")]
    public static partial void ClientLeft(ILogger logger, string client, string cause);

    [LoggerMessage(1052, LogLevel.Debug, "Connection from {Address} refused: {Reason}")]
    public static partial void ConnectionRefused(ILogger logger, string address, string reason);

    [LoggerMessage(1053, LogLevel.Debug, "Stream of client {Client} refused: {Cause}")]
    public static partial void RequestRefused(ILogger logger, string client, string cause);

    [LoggerMessage(1055, LogLevel.Error, "Accepting connections failed: {Reason}")]
    public static partial void AcceptFailed(ILogger logger, string reason);

    [LoggerMessage(1099, LogLevel.Error, "A dmsg task failed unexpectedly")]
    public static partial void Unexpected(ILogger logger, Exception exception);
}
