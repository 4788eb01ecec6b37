// Asynchronous targets run on the deterministic scheduler: one thread, so that memory can be measured, and no waiting in real time.
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Fuzz.Engine;

/// <summary>Runs an asynchronous case to its end in place.</summary>
internal static class OnScheduler
{
    // A case that has not ended after this much protocol time hangs on something no timer ends.
    private static readonly TimeSpan VirtualBudget = TimeSpan.FromHours(1);
    private static readonly TimeSpan RealBudget = TimeSpan.FromSeconds(60);

    /// <summary>Runs <paramref name="body"/>; the result is the case's outcome.</summary>
    public static int Run(Func<VirtualTime, Task<int>> body)
    {
        var time = new VirtualTime();
        var outcome = 0;
        new DeterministicScheduler(time).Run(async () => outcome = await body(time), VirtualBudget, RealBudget);
        return outcome;
    }

    /// <summary>A stream that delivers <paramref name="input"/> and then ends; what is written to it is taken and forgotten.</summary>
    public static IByteStream Peer(byte[] input) => new PeerStream(input);

    private sealed class PeerStream(byte[] input) : IByteStream
    {
        private int _at;
        private bool _aborted;

        public System.Net.EndPoint? RemoteEndPoint => null;

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Let the other loops of the target run between two pieces, as a socket would.
            await Task.Yield();
            ThrowIfAborted();
            var n = Math.Min(buffer.Length, Math.Min(input.Length - _at, 1500));
            input.AsMemory(_at, n).CopyTo(buffer);
            _at += n;
            return n;
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfAborted();
            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Abort() => _aborted = true;

        public ValueTask DisposeAsync()
        {
            _aborted = true;
            return ValueTask.CompletedTask;
        }

        private void ThrowIfAborted()
        {
            if (_aborted)
            {
                throw new IOException("the stream was torn down");
            }
        }
    }
}
