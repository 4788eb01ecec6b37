// Log messages of the visor itself: event ids 7000 to 7099.
using Microsoft.Extensions.Logging;

namespace Skywire.Visor;

internal static partial class Log
{
    [LoggerMessage(7000, LogLevel.Information, "visor {Version} ({Commit}) of {Key} starts")]
    public static partial void Starting(ILogger logger, string version, string commit, string key);

    [LoggerMessage(7001, LogLevel.Information, "start-up complete in {Milliseconds} ms")]
    public static partial void Started(ILogger logger, long milliseconds);

    [LoggerMessage(7002, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(ILogger logger, string warning);

    [LoggerMessage(7003, LogLevel.Information, "link state {State}: {Reason}")]
    public static partial void LinkStateChanged(ILogger logger, string state, string reason);

    [LoggerMessage(7004, LogLevel.Information, "stopping: {Reason}")]
    public static partial void Stopping(ILogger logger, string reason);

    [LoggerMessage(7005, LogLevel.Information, "stopped in {Milliseconds} ms")]
    public static partial void Stopped(ILogger logger, long milliseconds);

    [LoggerMessage(7006, LogLevel.Warning, "{Part} did not stop within {Limit}; left behind")]
    public static partial void StopOverdue(ILogger logger, string part, TimeSpan limit);

    [LoggerMessage(7007, LogLevel.Error, "{Part} failed while stopping")]
    public static partial void StopFailed(ILogger logger, Exception error, string part);

    [LoggerMessage(7020, LogLevel.Debug, "uptime not counted: {Reason}")]
    public static partial void HeartbeatFailed(ILogger logger, string reason);

    [LoggerMessage(7021, LogLevel.Debug, "{Service} not listed: {Reason}")]
    public static partial void ListingFailed(ILogger logger, string service, string reason);

    [LoggerMessage(7022, LogLevel.Error, "a task of the visor ended unexpectedly")]
    public static partial void TaskFailed(ILogger logger, Exception error);

    [LoggerMessage(7030, LogLevel.Information, "local API at {Address}")]
    public static partial void ApiListens(ILogger logger, string address);

    [LoggerMessage(7031, LogLevel.Error, "no web page: {Reason}")]
    public static partial void ApiFailed(ILogger logger, string reason);

    [LoggerMessage(7040, LogLevel.Information, "board {Board} ({Model}), {Leds} LEDs, button: {Button}")]
    public static partial void BoardFound(ILogger logger, string board, string model, int leds, string button);

    [LoggerMessage(7041, LogLevel.Information, "the board shows {State}: {Reason}")]
    public static partial void BoardState(ILogger logger, string state, string reason);
}
