// Log lines of an app are found again by the name they were written under.
namespace Skywire.Visor.Api;

internal static class AppLogCategory
{
    /// <summary>The log component of an app.</summary>
    public static string Of(string app) => $"App.{app}";
}
