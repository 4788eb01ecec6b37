// Log messages of routing (3000-3099) and route set-up (3500-3599).
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Routing;

internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Debug, "{Count} routing rules expired, {Left} left")]
    public static partial void RulesExpired(ILogger logger, int count, int left);

    [LoggerMessage(3001, LogLevel.Debug, "Incoming route {Descriptor} was not opened: {Cause}, {Reason}")]
    public static partial void ResponderFailed(ILogger logger, RouteDescriptor descriptor, ProtocolError cause, string reason);

    [LoggerMessage(3002, LogLevel.Debug, "Routing rules refused: {Cause}, {Reason}")]
    public static partial void RulesRefused(ILogger logger, ProtocolError cause, string reason);

    [LoggerMessage(3003, LogLevel.Debug, "Route to {Peer} port {Port} by {Path} failed: {Reason}")]
    public static partial void CandidateFailed(ILogger logger, PubKey peer, ushort port, string path, string reason);

    [LoggerMessage(3004, LogLevel.Debug, "Route to {Peer} port {Port} is open by {Path} after {Elapsed}")]
    public static partial void RouteOpen(ILogger logger, PubKey peer, ushort port, string path, TimeSpan elapsed);

    [LoggerMessage(3005, LogLevel.Debug, "Route finder failed for {Peer}: {Reason}")]
    public static partial void FinderFailed(ILogger logger, PubKey peer, string reason);

    [LoggerMessage(3006, LogLevel.Debug, "Direct transport attempt to {Peer} failed: {Reason}")]
    public static partial void DirectAttemptFailed(ILogger logger, PubKey peer, string reason);

    [LoggerMessage(3007, LogLevel.Debug, "Route group {Descriptor} ended: {Cause}, {Reason}")]
    public static partial void GroupEnded(ILogger logger, RouteDescriptor descriptor, ProtocolError cause, string? reason);

    [LoggerMessage(3099, LogLevel.Error, "A routing task failed unexpectedly")]
    public static partial void Unexpected(ILogger logger, Exception exception);

    [LoggerMessage(3500, LogLevel.Information, "Setup service listens on dmsg port {Port} for {Trusted} trusted setup nodes")]
    public static partial void SetupServerStarted(ILogger logger, ushort port, int trusted);

    [LoggerMessage(3501, LogLevel.Debug, "Setup stream of {Caller} refused: {Cause}")]
    public static partial void SetupCallerRefused(ILogger logger, PubKey caller, ProtocolError cause);

    [LoggerMessage(3502, LogLevel.Information, "Setup node listens on dmsg port {Port}")]
    public static partial void SetupNodeStarted(ILogger logger, ushort port);

    [LoggerMessage(3503, LogLevel.Debug, "Route {Descriptor} was not set up: {Class}, {Reason}")]
    public static partial void SetupFailed(ILogger logger, RouteDescriptor descriptor, Setup.SetupFailure @class, string reason);

    [LoggerMessage(3504, LogLevel.Debug, "Setup node {Node} failed: {Reason}")]
    public static partial void SetupNodeFailed(ILogger logger, PubKey node, string reason);
}
