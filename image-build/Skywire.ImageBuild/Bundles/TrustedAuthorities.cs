// Whose updates an image takes.
namespace Skywire.ImageBuild.Bundles;

/// <summary>Chooses between the keyrings that were named and the development authority.</summary>
internal static class TrustedAuthorities
{
    /// <summary>The named files; without any, the development authority, which is never mixed into a keyring that was named. <paramref name="say"/> is told when keys were made.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> named, Action<string> say)
    {
        if (named.Count > 0)
        {
            return named;
        }

        var development = new DevelopmentKeys(DevelopmentKeys.DefaultFolder, TimeProvider.System);
        development.Ensure(say);
        return [development.Authority];
    }
}
