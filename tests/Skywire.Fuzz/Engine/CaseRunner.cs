// Runs one input and judges it.
using System.Diagnostics;

namespace Skywire.Fuzz.Engine;

/// <summary>Holds a target to its promises: allowed exceptions only, bounded memory. Time is watched from outside. One thread.</summary>
internal sealed class CaseRunner(FuzzTarget target)
{
    private byte[]? _current;
    private long _started;

    /// <summary>The input running now and for how long; for the watchdog.</summary>
    public (byte[]? Input, TimeSpan For) Current
    {
        get
        {
            var input = Volatile.Read(ref _current);
            return (input, input is null ? TimeSpan.Zero : Stopwatch.GetElapsedTime(Volatile.Read(ref _started)));
        }
    }

    /// <summary>Runs <paramref name="input"/>; null when it behaved, and then <paramref name="outcome"/> tells what kind of thing happened.</summary>
    public Finding? Run(byte[] input, out int outcome)
    {
        var finding = RunOnce(input, out outcome);

        // The first case through a path also pays for what is made once per process; only what it costs again is the input's.
        return finding is { Kind: "allocation" } ? RunOnce(input, out outcome) : finding;
    }

    private Finding? RunOnce(byte[] input, out int outcome)
    {
        outcome = 0;
        Volatile.Write(ref _started, Stopwatch.GetTimestamp());
        Volatile.Write(ref _current, input);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            outcome = target.Run(input);
        }
        catch (Exception e) when (target.Allowed.Any(type => type.IsInstanceOfType(e)))
        {
            outcome = -1;
        }
        catch (ContractException e)
        {
            return new Finding("contract: " + e.Message, e.ToString());
        }
        catch (Exception e)
        {
            return new Finding(e.GetType().Name, e.ToString());
        }
        finally
        {
            Volatile.Write(ref _current, null);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var bound = target.AllocationBase + (target.AllocationPerByte * input.Length);
        return allocated <= bound ? null : new Finding("allocation", $"{allocated} bytes allocated for {input.Length} bytes of input; the bound is {bound}");
    }
}
