// Time as the protocol writes it.
namespace Skywire.Dmsg;

/// <summary>The protocol's clock.</summary>
internal static class ProtocolClock
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Unix nanoseconds.</summary>
    public static long UnixNanoseconds(this TimeProvider time) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick;
}
