// What every service is given.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Services.Store;

namespace Skywire.Services.Http;

/// <summary>What GET /health tells of a service (spec 11 §1.3). Empty members are left out.</summary>
internal sealed record HealthInfo(string Version, DateTimeOffset StartedAt)
{
    /// <summary><c>key:port</c> where the service is reached over dmsg.</summary>
    public string DmsgAddress { get; init; } = "";

    /// <summary>Keys of the dmsg servers it holds sessions to.</summary>
    public IReadOnlyList<PubKey> DmsgServers { get; init; } = [];
}

/// <summary>The surroundings shared by the services of one process.</summary>
internal sealed record ServiceContext(IServiceStore Store, TimeProvider Time, IEntropy Entropy, ILoggerFactory Loggers, Func<HealthInfo> Health)
{
    /// <summary>Monitors that may deregister.</summary>
    public IReadOnlyCollection<PubKey> Monitors { get; init; } = [];

    /// <summary>Requests allowed per caller; null: no limit.</summary>
    public RateLimit? RateLimit { get; init; }
}
