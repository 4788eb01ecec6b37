// Remembers paths that were set up and carried nothing (spec 23 §7).
using System.Buffers.Binary;
using System.Security.Cryptography;
using Skywire.Crypto;
using Skywire.Discovery;

namespace Skywire.Routing;

/// <summary>Names a path: its first transport and a digest of the other hops.</summary>
internal readonly record struct PathKey(TransportId First, UInt128 Rest)
{
    public static PathKey Of(IReadOnlyList<RouteHop> path)
    {
        var bytes = new byte[(path.Count - 1) * (TransportId.Size + PubKey.Size)];
        for (var i = 1; i < path.Count; i++)
        {
            var place = bytes.AsSpan((i - 1) * (TransportId.Size + PubKey.Size));
            path[i].TransportId.CopyTo(place);
            path[i].To.CopyTo(place[TransportId.Size..]);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return new(path[0].TransportId, BinaryPrimitives.ReadUInt128BigEndian(digest));
    }
}

/// <summary>Holds paths back for a while after a strike, each time twice as long. A held path is still used when there is no other. Thread-safe.</summary>
internal sealed class DeadPaths(TimeProvider time)
{
    /// <summary>A group that ends so soon after its dial without having carried anything is a strike.</summary>
    public static readonly TimeSpan EarlyDeath = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan FirstHold = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(8);

    /// <summary>Paths remembered: a visor dials a few hundred in eight minutes at most.</summary>
    private const int MaxPaths = 1024;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<PathKey, Strike> _strikes = [];

    public bool IsHeld(PathKey path)
    {
        lock (_lock)
        {
            return _strikes.TryGetValue(path, out var strike) && time.GetElapsedTime(strike.Since) < strike.Hold;
        }
    }

    public void Add(PathKey path)
    {
        lock (_lock)
        {
            var hold = _strikes.TryGetValue(path, out var before) ? before.Hold * 2 : FirstHold;
            _strikes.Remove(path);
            if (_strikes.Count >= MaxPaths)
            {
                _strikes.RemoveAt(0);
            }

            _strikes.Add(path, new(time.GetTimestamp(), hold < LongestHold ? hold : LongestHold));
        }
    }

    public void Clear(PathKey path)
    {
        lock (_lock)
        {
            _strikes.Remove(path);
        }
    }

    private readonly record struct Strike(long Since, TimeSpan Hold);
}
