// Exit codes are an interface to scripts: documented in docs/cli.md, never renumbered.
namespace Skywire.Visor.Commands;

internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>It was tried and failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The configuration or the key file is wrong.</summary>
    public const int Configuration = 3;

    /// <summary>The visor, or the wifi service, is not running or cannot be reached.</summary>
    public const int NotRunning = 4;

    /// <summary>Refused: by the visor, by its password, or by the other side.</summary>
    public const int Refused = 5;

    /// <summary>Not done in time.</summary>
    public const int Timeout = 6;
}

/// <summary>Ends a command: exit code, one line of cause, one line of remedy ("" for none).</summary>
internal sealed class CliException(int exitCode, string cause, string remedy, Exception? inner = null) : Exception(cause, inner)
{
    /// <summary>Exit code.</summary>
    public int ExitCode => exitCode;

    /// <summary>What to do.</summary>
    public string Remedy => remedy;
}
