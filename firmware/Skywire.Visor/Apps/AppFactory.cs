// One run of an app, by its kind. A new kind is a line here and one in AppKinds.
using Skywire.Visor.Config;

namespace Skywire.Visor.Apps;

internal static class AppFactory
{
    /// <summary>Makes an app; it runs when asked to.</summary>
    public static IVisorApp Make(AppConfig app) => app.Kind switch
    {
        _ => throw new InvalidOperationException($"apps of kind \"{app.Kind}\" are not part of this build"),
    };
}
