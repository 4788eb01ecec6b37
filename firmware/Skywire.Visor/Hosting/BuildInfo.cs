// Which build this is.
using System.Reflection;

namespace Skywire.Visor.Hosting;

internal static class BuildInfo
{
    private static readonly string Informational = typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Version, without the commit.</summary>
    public static string Version => Informational.Split('+')[0];

    /// <summary>The commit it was built from, shortened; "unknown" for a build outside a checkout.</summary>
    public static string Commit => Informational.Split('+') is [_, var commit, ..] ? commit[..Math.Min(12, commit.Length)] : "unknown";
}
