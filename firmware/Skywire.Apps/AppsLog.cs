// Log messages of apps (6000-6099).
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Apps;

internal static partial class AppsLog
{
    [LoggerMessage(6000, LogLevel.Warning, "App {App} failed: {Reason}")]
    public static partial void Failed(ILogger logger, string app, string reason);

    [LoggerMessage(6001, LogLevel.Error, "App {App} did not stop within {Limit}")]
    public static partial void Stuck(ILogger logger, string app, TimeSpan limit);

    [LoggerMessage(6010, LogLevel.Information, "Proxy server listens on port {Port}")]
    public static partial void ServerStarted(ILogger logger, ushort port);

    [LoggerMessage(6011, LogLevel.Debug, "Proxy client {Peer} connected")]
    public static partial void PeerConnected(ILogger logger, PubKey peer);

    [LoggerMessage(6012, LogLevel.Debug, "Proxy client {Peer} left: {Cause}")]
    public static partial void PeerLeft(ILogger logger, PubKey peer, ProtocolError cause);

    [LoggerMessage(6020, LogLevel.Information, "Proxy client listens on {Address}")]
    public static partial void ClientStarted(ILogger logger, System.Net.IPEndPoint address);

    [LoggerMessage(6021, LogLevel.Information, "Proxy server {Peer} answers, round trip {RoundTrip}")]
    public static partial void ServerReached(ILogger logger, PubKey peer, TimeSpan roundTrip);

    [LoggerMessage(6022, LogLevel.Warning, "Proxy server {Peer} not reached: {Reason}; next try in {Wait}")]
    public static partial void ServerNotReached(ILogger logger, PubKey peer, string reason, TimeSpan wait);

    [LoggerMessage(6023, LogLevel.Warning, "Proxy server {Peer} lost: {Reason}")]
    public static partial void ServerLost(ILogger logger, PubKey peer, string reason);

    [LoggerMessage(6099, LogLevel.Error, "A task of an app failed unexpectedly")]
    public static partial void Unexpected(ILogger logger, Exception exception);
}
