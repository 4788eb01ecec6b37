// Caps the bytes a second.
namespace Skywire.Update.Download;

/// <summary>A token bucket of one second. Not thread-safe.</summary>
/// <param name="bytesPerSecond">The cap; 0 for none.</param>
/// <param name="time">Clock.</param>
internal sealed class TokenBucket(long bytesPerSecond, TimeProvider time)
{
    private double _tokens = bytesPerSecond;
    private long _filled = time.GetTimestamp();

    /// <summary>The most to read at a time, so that a slow line is read evenly.</summary>
    public int Step(int wanted) => bytesPerSecond == 0 ? wanted : (int)Math.Clamp(bytesPerSecond / 4, 1, wanted);

    /// <summary>Takes tokens for bytes that were read and waits until they are there.</summary>
    public async Task TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        if (bytesPerSecond == 0)
        {
            return;
        }

        var now = time.GetTimestamp();
        _tokens = Math.Min(bytesPerSecond, _tokens + (time.GetElapsedTime(_filled, now).TotalSeconds * bytesPerSecond)) - bytes;
        _filled = now;
        if (_tokens < 0)
        {
            // Rounded up: a delay counts whole milliseconds.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(-_tokens * 1000 / bytesPerSecond)), time, cancellationToken);
        }
    }
}
