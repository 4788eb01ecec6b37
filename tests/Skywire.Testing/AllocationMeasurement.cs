// How tests show that a path allocates nothing.
namespace Skywire.Testing;

/// <summary>Counts of allocated bytes.</summary>
public static class AllocationMeasurement
{
    private const int Readings = 5;

    /// <summary>
    /// Bytes that <paramref name="action"/> allocates on this thread: the least of some readings. A collection that another thread asks for takes this thread's
    /// allocation context away, and its rest, some kilobytes, then counts as allocated; what the action itself allocates is in every reading.
    /// </summary>
    public static long LeastBytes(Action action)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Readings && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    /// <summary>
    /// For tests that count the allocations of the whole process, in a collection without parallelisation: holds back what the simulation's watch over the
    /// thread pool would allocate, until the result is disposed. No simulation may run meanwhile.
    /// </summary>
    public static IDisposable Begin() => PoolWatch.Pause();
}
