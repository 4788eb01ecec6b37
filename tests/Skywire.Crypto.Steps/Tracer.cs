// The process that counts.
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Skywire.Crypto.Steps;

/// <summary>Steps a thread through its marked regions, one instruction at a time, and prints for each region how many there were and a hash of all their addresses.</summary>
internal static unsafe class Tracer
{
    private const ulong HashStart = 0xCBF29CE484222325UL;
    private const ulong HashFactor = 0x100000001B3UL;

    internal static int Run(int thread, long flag, ulong marker, int regions)
    {
        if (Native.Trace(Native.Seize, thread, 0, 0) != 0)
        {
            Console.WriteLine("refused " + new Win32Exception(Marshal.GetLastPInvokeError()).Message);
            return 1;
        }

        Native.Trace(Native.Interrupt, thread, 0, 0);
        Await(thread);
        Native.Trace(Native.PokeData, thread, (nint)flag, 1);

        var registers = stackalloc ulong[Native.RegisterWords];
        var inside = false;
        var count = 0L;
        var hash = HashStart;
        for (var done = 0; done < regions;)
        {
            Native.Trace(Native.SingleStep, thread, 0, 0);
            Await(thread);
            Native.Trace(Native.GetRegisters, thread, 0, (nint)registers);
            var address = registers[Native.InstructionPointer];
            if (address == marker)
            {
                if (inside)
                {
                    Console.WriteLine($"{count} {hash:x16}");
                    done++;
                }

                inside = !inside;
                count = 0;
                hash = HashStart;
            }
            else if (inside)
            {
                count++;
                hash = (hash ^ address) * HashFactor;
            }
        }

        Native.Trace(Native.Detach, thread, 0, 0);
        return 0;
    }

    private static void Await(int thread)
    {
        if (Native.Wait(thread, out var status, Native.WaitAll) != thread || (status & 0x7F) != 0x7F)
        {
            throw new InvalidOperationException($"the traced thread did not stop as expected (status {status:x})");
        }
    }
}
