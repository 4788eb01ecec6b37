// What the parts of one client share.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Dmsg.Client;

/// <summary>Identity, outside world and bookkeeping of one client.</summary>
internal sealed record ClientContext(
    DmsgClientOptions Options, SecKey Key, INetwork Network, IDmsgDiscovery Discovery, IEntropy Entropy, TimeProvider Time, ILogger Log, CauseCounters Causes)
{
    /// <summary>Unix nanoseconds, the protocol's clock.</summary>
    public long UnixNanoseconds => Time.UnixNanoseconds();
}
