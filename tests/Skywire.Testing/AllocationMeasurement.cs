// Tests that count the allocations of the whole process need the process to themselves.
namespace Skywire.Testing;

/// <summary>For tests in a collection without parallelisation.</summary>
public static class AllocationMeasurement
{
    /// <summary>Holds back what the simulation's watch over the thread pool would allocate, until the result is disposed. No simulation may run meanwhile.</summary>
    public static IDisposable Begin() => PoolWatch.Pause();
}
