// Growing waits between tries, spread so that the clients of a restarted server do not come back in one instant.
using Skywire.Crypto;

namespace Skywire.Apps;

/// <summary>Doubles from <paramref name="first"/> to <paramref name="limit"/>; each wait is drawn between half of the step and the whole. Not thread-safe.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan limit, IEntropy entropy)
{
    private int _failures;

    public TimeSpan Next()
    {
        Span<byte> draw = stackalloc byte[sizeof(ushort)];
        entropy.Fill(draw);
        var step = Math.Min(first.TotalSeconds * Math.Pow(2, _failures++), limit.TotalSeconds);
        return TimeSpan.FromSeconds(step * (0.5 + (BitConverter.ToUInt16(draw) / 131072.0)));
    }

    public void Reset() => _failures = 0;
}
