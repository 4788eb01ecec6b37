// The seam between the set-up service and the router.
using Skywire.Crypto;

namespace Skywire.Routing;

/// <summary>What a visor lets a setup node do (spec 13 §5). The router implements it; the RPC server on dmsg port 136 calls it.</summary>
public interface ISetupTarget
{
    /// <summary>Reserves route IDs for a caller; placeholders expire. Null when there are none left.</summary>
    uint[]? ReserveIds(PubKey caller, int count);

    /// <summary>Stores intermediary rules; every ID must have been reserved by the same caller. Empty string: done; otherwise the reason.</summary>
    string AddIntermediaryRules(PubKey caller, IReadOnlyList<byte[]> rules);

    /// <summary>Stores the rules of this end before returning, then starts the responder's handshake. Empty string: done; otherwise the reason.</summary>
    string AddEdgeRules(PubKey caller, EdgeRules rules);
}
