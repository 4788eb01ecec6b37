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

    [LoggerMessage(7040, LogLevel.Information, "box {MeshName}: beacons on UDP port {Port}, {Ways} ways out")]
    public static partial void BoxListens(ILogger logger, string meshName, int port, int ways);

    [LoggerMessage(7041, LogLevel.Warning, "no beacons on UDP port {Port}: {Reason}; trying again")]
    public static partial void BoxNoBeacons(ILogger logger, int port, string reason);

    [LoggerMessage(7042, LogLevel.Information, "the box has {Count} boards now, this one included")]
    public static partial void BoxMembers(ILogger logger, int count);

    [LoggerMessage(7043, LogLevel.Information, "the box is served by {Key} at {Address}, claim {Term}")]
    public static partial void BoxServedBy(ILogger logger, string key, string address, ulong term);

    [LoggerMessage(7044, LogLevel.Warning, "no board serves the box")]
    public static partial void BoxUnserved(ILogger logger);

    [LoggerMessage(7045, LogLevel.Information, "the box's services run here; started in {Milliseconds} ms")]
    public static partial void BoxServing(ILogger logger, long milliseconds);

    [LoggerMessage(7046, LogLevel.Information, "the box's services stop here: another board serves")]
    public static partial void BoxServicesStop(ILogger logger);

    [LoggerMessage(7047, LogLevel.Error, "the box's services could not run here: {Reason}")]
    public static partial void BoxServicesFailed(ILogger logger, Exception error, string reason);

    [LoggerMessage(7048, LogLevel.Warning, "the box's {Service} could not be served here: {Reason}")]
    public static partial void BoxGuestFailed(ILogger logger, string service, string reason);

    [LoggerMessage(7030, LogLevel.Information, "local API at {Address}")]
    public static partial void ApiListens(ILogger logger, string address);

    [LoggerMessage(7031, LogLevel.Error, "no web page: {Reason}")]
    public static partial void ApiFailed(ILogger logger, string reason);

    [LoggerMessage(7040, LogLevel.Information, "board {Board} ({Model}), {Leds} LEDs, button: {Button}")]
    public static partial void BoardFound(ILogger logger, string board, string model, int leds, string button);

    [LoggerMessage(7041, LogLevel.Information, "the board shows {State}: {Reason}")]
    public static partial void BoardState(ILogger logger, string state, string reason);

    [LoggerMessage(7050, LogLevel.Information, "the air is {State}: {Reason}")]
    public static partial void AirState(ILogger logger, string state, string reason);

    [LoggerMessage(7051, LogLevel.Warning, "no settings for the air: {Reason}")]
    public static partial void AirSettings(ILogger logger, string reason);

    [LoggerMessage(7060, LogLevel.Information, "updates: {Version} runs from slot {Slot}, channel {Channel}, feed {Feed}")]
    public static partial void UpdatesStart(ILogger logger, string version, string slot, string channel, string feed);

    [LoggerMessage(7061, LogLevel.Information, "update {Phase}: {Target} {Reason}")]
    public static partial void UpdatePhase(ILogger logger, string phase, string target, string reason);

    [LoggerMessage(7062, LogLevel.Warning, "update refused ({Code}): {Cause}; {Remedy}")]
    public static partial void UpdateRefused(ILogger logger, string code, string cause, string remedy);

    [LoggerMessage(7063, LogLevel.Information, "a bundle on the card is installed: {File}")]
    public static partial void UpdateFromCard(ILogger logger, string file);

    [LoggerMessage(7064, LogLevel.Error, "updates failed and begin again in {Pause}")]
    public static partial void UpdatesFailed(ILogger logger, Exception error, TimeSpan pause);
}
