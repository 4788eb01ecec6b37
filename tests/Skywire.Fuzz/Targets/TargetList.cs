// Every target there is; a new parser gets one here.
using Skywire.Fuzz.Engine;

namespace Skywire.Fuzz.Targets;

internal static class TargetList
{
    /// <summary>All targets, in the order they run.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. NoiseTargets.All,
        .. WireTargets.All,
        .. DmsgTargets.All,
        .. TransportTargets.All,
        .. RoutingTargets.All,
        .. ServiceTargets.All,
        .. VisorTargets.All,
    ];
}
