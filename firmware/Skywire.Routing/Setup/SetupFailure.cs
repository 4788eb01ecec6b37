// Why routes were not set up, in the words of the reference's metrics (spec 23 §10).
namespace Skywire.Routing.Setup;

/// <summary>Failure classes of a setup node.</summary>
public enum SetupFailure
{
    /// <summary>The route asked for is malformed, or not the caller's.</summary>
    InvalidRoute,

    /// <summary>Rules could not be made from the reserved IDs.</summary>
    RuleGeneration,

    /// <summary>A visor reserved no IDs.</summary>
    IdReservation,

    /// <summary>The caller itself could not be reached back.</summary>
    SourceUnreachable,

    /// <summary>A visor in the middle could not be reached.</summary>
    IntermediateUnreachable,

    /// <summary>The destination could not be reached.</summary>
    DestinationUnreachable,

    /// <summary>A visor in the middle refused its rules.</summary>
    IntermediaryRules,

    /// <summary>The destination refused its rules.</summary>
    DestinationRules,

    /// <summary>The time of the request was used up.</summary>
    ContextDeadline,

    /// <summary>The caller went away.</summary>
    ContextCanceled,

    /// <summary>Too many requests at once.</summary>
    ConcurrencyLimit,

    /// <summary>A visor of the path has failed too often just now.</summary>
    CircuitOpen,

    /// <summary>Anything else.</summary>
    Unknown,
}

/// <summary>A route was not set up; the message is what the caller sees.</summary>
internal sealed class SetupFailedException(SetupFailure @class, string message, Exception? inner = null) : IOException(message, inner)
{
    public SetupFailure Class => @class;
}
