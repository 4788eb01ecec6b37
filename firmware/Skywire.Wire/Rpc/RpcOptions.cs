// Limits of net/rpc connections.
using Skywire.Wire.Gob;

namespace Skywire.Wire.Rpc;

/// <summary>Limits of one net/rpc connection.</summary>
public sealed record RpcOptions
{
    /// <summary>The defaults.</summary>
    public static RpcOptions Default { get; } = new();

    /// <summary>Calls one peer may have running here; reading pauses above. Apps keep one call per connection blocked in Read or Accept, so it is far above what setup needs.</summary>
    public int MaxConcurrentCalls { get; init; } = 256;

    /// <summary>What a peer may make the decoder hold.</summary>
    public GobLimits Gob { get; init; } = GobLimits.Default;
}
