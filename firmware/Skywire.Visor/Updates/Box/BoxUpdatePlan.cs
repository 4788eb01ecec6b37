// Names and numbers of updates in a box, the same on all boards.
using Skywire.Visor.Box;

namespace Skywire.Visor.Updates.Box;

internal static class BoxUpdatePlan
{
    /// <summary>TCP port on the serving board; the image's packet filter opens it with those of the services.</summary>
    public const int Port = 9099;

    /// <summary>Gives a challenge.</summary>
    public const string Challenge = "/update/v1/challenge";

    /// <summary>Takes reports.</summary>
    public const string Report = "/update/v1/report";

    /// <summary>Takes orders.</summary>
    public const string Order = "/update/v1/order";

    /// <summary>Bundles and their indexes are below.</summary>
    public const string Bundles = "/update/v1/bundle/";

    /// <summary>What an index is called beside its bundle.</summary>
    public const string IndexSuffix = ".blocks";

    /// <summary>Most bytes of one answer: a piece of a bundle lies in memory on both sides.</summary>
    public const int MaxPiece = 1 << 20;

    /// <summary>Largest block index: of a bundle of 1 GiB.</summary>
    public const int MaxIndex = 8 << 20;

    /// <summary>The feed of the serving board.</summary>
    public static Uri Feed { get; } = new(BoxEndpoints.UrlOf(Port) + "/update/v1/feed.json");
}
