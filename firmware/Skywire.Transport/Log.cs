// Log messages of the transports: event ids 2000-2099.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Transport;

internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Transport {Transport} with {Peer} is up, type {Type}, label {Label}, initiator {IsInitiator}")]
    internal static partial void TransportUp(ILogger logger, TransportId transport, PubKey peer, string type, string label, bool isInitiator);

    [LoggerMessage(2001, LogLevel.Information, "Transport {Transport} with {Peer} closed, cause {Cause}: {Reason}")]
    internal static partial void TransportClosed(ILogger logger, TransportId transport, PubKey peer, ProtocolError cause, string reason);

    [LoggerMessage(2002, LogLevel.Error, "Transport {Transport} with {Peer} ended by an internal error")]
    internal static partial void TransportFailed(ILogger logger, Exception exception, TransportId transport, PubKey peer);

    [LoggerMessage(2003, LogLevel.Debug, "Incoming {Type} link refused, cause {Cause}: {Reason}")]
    internal static partial void LinkRefused(ILogger logger, string type, ProtocolError cause, string reason);

    [LoggerMessage(2004, LogLevel.Debug, "Dialling {Type} transport to {Peer} failed, cause {Cause}: {Reason}")]
    internal static partial void DialFailed(ILogger logger, string type, PubKey peer, ProtocolError cause, string reason);

    [LoggerMessage(2005, LogLevel.Warning, "Network {Type} does not listen: {Reason}; next try in {Pause}")]
    internal static partial void NetworkDown(ILogger logger, string type, string reason, TimeSpan pause);

    [LoggerMessage(2006, LogLevel.Information, "Network {Type} listens")]
    internal static partial void NetworkUp(ILogger logger, string type);

    [LoggerMessage(2007, LogLevel.Information, "Second link of transport {Transport} with {Peer}: {Decision}")]
    internal static partial void Duplicate(ILogger logger, TransportId transport, PubKey peer, string decision);

    [LoggerMessage(2008, LogLevel.Warning, "Persistent transport {Type} to {Peer} is down, cause {Cause}: {Reason}; next try in {Pause}")]
    internal static partial void PersistentDown(ILogger logger, string type, PubKey peer, ProtocolError cause, string reason, TimeSpan pause);

    [LoggerMessage(2009, LogLevel.Warning, "Transport discovery did not take {Action}: {Reason}; next try in {Pause}")]
    internal static partial void DiscoveryFailed(ILogger logger, string action, string reason, TimeSpan pause);

    [LoggerMessage(2016, LogLevel.Debug, "Transport discovery refused {Action}, status {Status}: {Reason}")]
    internal static partial void DiscoveryRefused(ILogger logger, string action, int status, string reason);

    [LoggerMessage(2010, LogLevel.Warning, "Bandwidth log cannot be written: {Reason}")]
    internal static partial void BandwidthLogFailed(ILogger logger, string reason);

    [LoggerMessage(2011, LogLevel.Information, "stcpr port {Port} is announced at the address resolver")]
    internal static partial void Announced(ILogger logger, int port);

    [LoggerMessage(2012, LogLevel.Warning, "stcpr port {Port} is not announced: {Reason}; next try in {Pause}")]
    internal static partial void NotAnnounced(ILogger logger, int port, string reason, TimeSpan pause);

    [LoggerMessage(2013, LogLevel.Information, "{Type} listens on {EndPoint}")]
    internal static partial void Listening(ILogger logger, string type, System.Net.IPEndPoint endPoint);

    [LoggerMessage(2014, LogLevel.Warning, "{Reason}; trying port {Next}")]
    internal static partial void PortTaken(ILogger logger, string reason, int next);

    [LoggerMessage(2015, LogLevel.Error, "Listener of {Changed} failed")]
    internal static partial void SubscriberFailed(ILogger logger, Exception exception, string changed);

    [LoggerMessage(2017, LogLevel.Error, "A background task of the transports failed")]
    internal static partial void TaskFailed(ILogger logger, Exception exception);
}
