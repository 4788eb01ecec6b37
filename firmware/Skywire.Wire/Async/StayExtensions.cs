// Keeps task combinators on the caller's scheduler.
namespace Skywire.Wire;

/// <summary>
/// <c>WaitAsync</c>, <c>WhenAny</c> and <c>WhenAll</c> hop to the thread pool when the task below them was made by a
/// <see cref="TaskCompletionSource"/> with <see cref="TaskCreationOptions.RunContinuationsAsynchronously"/>, and so does <c>ValueTask.AsTask()</c>
/// over a value task source (a channel, an <see cref="AsyncSignal"/>) and <c>Task.Delay</c> when its token fires under them. The order of events then depends on the thread pool. Write
/// <c>source.Task.Stay().WaitAsync(...)</c>, <c>Task.WhenAny(a.Stay(), b.Stay())</c>, <c>channel.Reader.ReadAsync(token).Stay()</c> instead.
/// Tasks of async methods and plain awaits need none of this.
/// </summary>
public static class StayExtensions
{
    /// <summary>The same outcome as a task that completes on the scheduler of the caller.</summary>
    public static async Task Stay(this Task task) => await task;

    /// <summary>The same outcome as a task that completes on the scheduler of the caller.</summary>
    public static async Task<T> Stay<T>(this Task<T> task) => await task;

    /// <summary>The same outcome as a task that completes on the scheduler of the caller; takes the place of <c>AsTask()</c>.</summary>
    public static async Task Stay(this ValueTask task) => await task;

    /// <summary>The same outcome as a task that completes on the scheduler of the caller; takes the place of <c>AsTask()</c>.</summary>
    public static async Task<T> Stay<T>(this ValueTask<T> task) => await task;
}
