// The accept loop that all dmsg services of route set-up share.
using Skywire.Dmsg;
using Skywire.Wire;

namespace Skywire.Routing.Setup;

/// <summary>Accepts until cancelled or the listener is disposed. A failing accept is counted and tried again after a pause, so that a broken session below cannot make it spin.</summary>
internal static class AcceptLoop
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(IDmsgListener listener, TimeProvider time, CauseCounters causes, Action<IDmsgStream> admit, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    admit(await listener.AcceptAsync(cancellationToken));
                }
                catch (IOException e)
                {
                    causes.Add(e is ProtocolException known ? known.Error : ProtocolError.SessionClosed);
                    await Task.Delay(Pause, time, cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The orderly end of a listener.
        }
    }
}
