// Where a board's updates come from.
namespace Skywire.Update.Policy;

/// <summary>Kinds of updates a board takes by itself.</summary>
public enum UpdateChannel
{
    /// <summary>Releases.</summary>
    Stable,

    /// <summary>What comes before them.</summary>
    Testing,

    /// <summary>One version and no other.</summary>
    Pinned,

    /// <summary>Nothing, and nothing is asked. A person can still install a file.</summary>
    Off,
}
