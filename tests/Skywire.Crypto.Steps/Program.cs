// Counts machine instructions of secret-handling operations: one process works, another steps through it. See InstructionCountTests.
using System.Diagnostics;
using Skywire.Crypto.Steps;

// Both processes on one processor: a switch between two costs more than the step.
if (OperatingSystem.IsLinux())
{
    using var self = Process.GetCurrentProcess();
    self.ProcessorAffinity &= -self.ProcessorAffinity;
}

return args switch
{
    ["work", var operation, .. var secrets] => Worker.Run(operation, secrets),
    ["trace", var thread, var flag, var marker, var regions] => Tracer.Run(int.Parse(thread), Convert.ToInt64(flag, 16), Convert.ToUInt64(marker, 16), int.Parse(regions)),
    _ => throw new ArgumentException("expected: work OPERATION SECRET... | trace THREAD FLAG MARKER REGIONS"),
};
