// How the program is told to stop.
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Skywire.Visor.Hosting;

/// <summary>SIGTERM and SIGINT ask for an orderly stop; a second one ends at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ILogger _log;

    public StopSignal(ILogger log)
    {
        _log = log;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle));
    }

    /// <summary>Cancelled when asked.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Completes when asked.</summary>
    public Task Requested => _requested.Task;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (_requested.Task.IsCompleted)
        {
            return;
        }

        context.Cancel = true;
        Log.Stopping(_log, context.Signal.ToString());
        _requested.TrySetResult();
        _stop.Cancel();
    }
}
