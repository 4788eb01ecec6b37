// Where the configuration is when the command line does not say.
namespace Skywire.Visor.Commands;

internal static class ConfigLocation
{
    /// <summary>File name of a configuration.</summary>
    public const string FileName = "skywire.json";

    /// <summary>Where the firmware keeps it.</summary>
    public const string SystemFile = "/var/lib/skywire/" + FileName;

    /// <summary>Where the firmware's visor listens.</summary>
    public const string SystemSocket = "/run/skywire/skywire.sock";

    /// <summary>Names the file by environment.</summary>
    public const string FileVariable = "SKYWIRE_CONFIG";

    /// <summary>Names the socket by environment.</summary>
    public const string SocketVariable = "SKYWIRE_SOCKET";

    /// <summary>The file given, else of the environment, else in this folder, else the system's.</summary>
    public static string Find(string? given) => given
        ?? (Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } named ? named : null)
        ?? (File.Exists(FileName) || !File.Exists(SystemFile) ? FileName : SystemFile);
}
