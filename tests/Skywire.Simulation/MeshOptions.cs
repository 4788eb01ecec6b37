// What a simulated mesh is made of.
using Microsoft.Extensions.Logging;

namespace Skywire.Simulation;

/// <summary>Settings of a <see cref="SimulatedMesh"/>.</summary>
public sealed record MeshOptions
{
    /// <summary>One network with everything once, and two dmsg servers as every visor wants two sessions.</summary>
    public static MeshOptions Default { get; } = new();

    /// <summary>Dmsg servers.</summary>
    public int DmsgServers { get; init; } = 2;

    /// <summary>Visors know the setup node. Without it they can dial only neighbours.</summary>
    public bool HasSetupNode { get; init; } = true;

    /// <summary>Link between any two hosts: a usual way through Europe.</summary>
    public Testing.LinkOptions Link { get; init; } = new() { Latency = TimeSpan.FromMilliseconds(15), Jitter = TimeSpan.FromMilliseconds(5) };

    /// <summary>Log lines of the nodes from this level on are part of the trace.</summary>
    public LogLevel Log { get; init; } = LogLevel.Debug;
}
