// The best way a radio can link boards, by what its driver declares; what was passed over is said with its cause.
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Plan;

/// <summary>How a radio can link boards.</summary>
/// <param name="Mode">The best mode; <see cref="LinkMode.None"/> when it can link none.</param>
/// <param name="Reason">Why, and why none of the better ones.</param>
internal readonly record struct ModeChoice(LinkMode Mode, string Reason)
{
    /// <summary>Chooses by capabilities alone; channels are looked at later.</summary>
    public static ModeChoice Of(RadioFacts facts)
    {
        if (CanMesh(facts))
        {
            return new(LinkMode.Mesh, "802.11s with SAE");
        }

        var noMesh = Has(facts, InterfaceTypes.MeshPoint)
            ? facts.HasSae ? "its driver leaves peering to no one else, which a secured mesh needs" : "its driver cannot do SAE, which a secured mesh needs"
            : "its driver has no mesh points";
        if (CanAdHoc(facts))
        {
            return new(LinkMode.AdHoc, $"ad-hoc network with passphrase ({noMesh})");
        }

        var noAdHoc = Has(facts, InterfaceTypes.AdHoc) ? "no secured ad-hoc networks" : "no ad-hoc networks";
        return (CanOffer(facts), CanFollow(facts)) switch
        {
            (true, true) when CanBoth(facts) => new(LinkMode.Tree, $"tree of access points and stations ({noMesh}, {noAdHoc})"),
            (true, true) => new(LinkMode.TreeStation, $"leaf of a tree, or its root while no other is heard: its driver cannot be access point and station together ({noMesh}, {noAdHoc})"),
            (false, true) => new(LinkMode.TreeStation, $"leaf of a tree: its driver has no access points ({noMesh}, {noAdHoc})"),
            (true, false) => new(LinkMode.TreeRoot, $"root of a tree: its driver has no stations ({noMesh}, {noAdHoc})"),
            _ => new(LinkMode.None, "its driver has neither mesh points, secured ad-hoc networks, access points nor stations"),
        };
    }

    /// <summary>It can be a point of a secured mesh.</summary>
    public static bool CanMesh(RadioFacts facts) => Has(facts, InterfaceTypes.MeshPoint) && facts.HasSae && facts.HasUserPeering;

    /// <summary>It can be an access point.</summary>
    public static bool CanOffer(RadioFacts facts) => Has(facts, InterfaceTypes.AccessPoint);

    /// <summary>It can be a station.</summary>
    public static bool CanFollow(RadioFacts facts) => Has(facts, InterfaceTypes.Station);

    /// <summary>It can be both at the same time, on one channel at least.</summary>
    public static bool CanBoth(RadioFacts facts)
        => facts.Combinations.Any(c => c.MaxChannels >= 1 && c.Allows(InterfaceType.AccessPoint, InterfaceType.Station));

    private static bool CanAdHoc(RadioFacts facts) => Has(facts, InterfaceTypes.AdHoc) && facts.HasSecureAdHoc;

    private static bool Has(RadioFacts facts, InterfaceTypes type) => (facts.Types & type) != 0;
}
