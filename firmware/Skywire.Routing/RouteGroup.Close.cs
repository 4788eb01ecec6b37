// The end of a route group (spec 12 §6.5): one first cause, a farewell to the peer, and rules that do not outlive it.
using System.Text;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing;

internal sealed partial class RouteGroup
{
    private static readonly byte[] CloseRequested = [0];

    private readonly TaskCompletionSource _peerClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _farewellSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EndState? _end;

    /// <inheritdoc/>
    public void Abort()
    {
        End(ProtocolError.RouteClosed, null, tellReason: false);
        CloseReader();
    }

    /// <summary>Ends the group, waits until the peer has been told (at most the close limit), and gives everything back.</summary>
    public async ValueTask DisposeAsync()
    {
        Abort();
        await _farewellSent.Task;
        await _service;
    }

    /// <summary>Closes with a text the peer's app will see.</summary>
    internal void EndWithError(ProtocolError cause, string text) => End(cause, text, tellReason: true);

    /// <summary>The peer's Close has arrived; the router has removed the consume rule.</summary>
    internal void ReceiveClose()
    {
        _peerClosed.TrySetResult();
        var text = Volatile.Read(ref _peerError);
        End(ProtocolError.RouteClosed, text, tellReason: false, isOrderly: true);
    }

    /// <summary>Ends the group once; later causes are ignored. With <paramref name="tellReason"/> the peer gets the text.</summary>
    internal void End(ProtocolError cause, string? text, bool tellReason, bool isOrderly = false)
    {
        lock (_stateLock)
        {
            if (_end is not null)
            {
                return;
            }

            Volatile.Write(ref _end, new EndState(cause, text, isOrderly));
        }

        _life.Cancel();
        _arrived.Set();
        if (_writeGate.Close())
        {
            ReleaseWriter();
        }

        _router.Unregister(this);
        Ended?.Invoke(this);
        _router.Own(FarewellAsync(tellReason ? text : null));
    }

    // Best effort with a limit: what it cannot tell, the rules' own timeouts do.
    private async Task FarewellAsync(string? text)
    {
        using var limit = new CancellationTokenSource(_options.CloseLimit, _time);
        try
        {
            if (!string.IsNullOrEmpty(text))
            {
                await SendControlAsync(PacketType.Error, Encoding.UTF8.GetBytes(text), limit.Token);
            }

            await SendControlAsync(PacketType.Close, CloseRequested, limit.Token);
            _farewellSent.TrySetResult();
            if (_router.Resolve(Forward) is not null)
            {
                await _peerClosed.Task.Stay().WaitAsync(limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            _router.Causes.Add(ProtocolError.TimedOut);
        }
        finally
        {
            _farewellSent.TrySetResult();
            _router.Table.Remove(Forward);
            _router.Table.Remove(Consume);
            _router.Forget(this);
        }
    }

    private void CloseReader()
    {
        if (_readGate.Close())
        {
            ReleaseReader();
        }
    }

    private void ThrowIfEnded()
    {
        if (Volatile.Read(ref _end) is { } end)
        {
            var text = end.Text ?? "the route was closed";
            throw new ProtocolException(Router.IsPortRefusal(end.Text) ? ProtocolError.NoListener : end.Cause, text);
        }
    }

    private void ThrowIfEndedForWriter()
    {
        if (Volatile.Read(ref _end) is { } end)
        {
            throw new ProtocolException(end.Cause, end.Text ?? "the route group is closed");
        }
    }

    /// <summary>The peer closed before the group was open, and not because nobody listens: its packets found the way here, ours did not find theirs.</summary>
    internal bool WasGivenUpByPeer => !Volatile.Read(ref _isOpen) && Volatile.Read(ref _end) is { IsOrderly: true } end && !Router.IsPortRefusal(end.Text);

    private sealed record EndState(ProtocolError Cause, string? Text, bool IsOrderly);
}
