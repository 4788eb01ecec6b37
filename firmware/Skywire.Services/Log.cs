// Log messages of the services, events 5000-5099.
using Microsoft.Extensions.Logging;

namespace Skywire.Services;

internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Debug, "Refused a request of {Service}: {Method} answered {Status}")]
    public static partial void Refused(ILogger logger, string service, string method, int status);

    [LoggerMessage(5001, LogLevel.Error, "The store of {Service} failed")]
    public static partial void StoreFailed(ILogger logger, Exception error, string service);

    [LoggerMessage(5002, LogLevel.Error, "A handler of {Service} failed on {Method}")]
    public static partial void HandlerFailed(ILogger logger, Exception error, string service, string method);

    [LoggerMessage(5003, LogLevel.Information, "{Service} serves on {Address}")]
    public static partial void Serving(ILogger logger, string service, string address);

    [LoggerMessage(5004, LogLevel.Warning, "Sweeping expired records failed; it is tried again")]
    public static partial void SweepFailed(ILogger logger, Exception error);
}
