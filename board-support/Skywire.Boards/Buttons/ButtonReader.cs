// Reads the button's device on a thread of its own (the kernel offers only blocking reads) and hands edges to whoever waits.
using System.Collections.Concurrent;
using Skywire.Boards.Data;
using Skywire.Linux;

namespace Skywire.Boards.Buttons;

/// <summary>Where edges of a button come from.</summary>
public interface IButtonSource : IDisposable
{
    /// <summary>Why there are no edges; empty when the button is read.</summary>
    string Fault { get; }

    /// <summary>The button was down when it was opened.</summary>
    bool IsDownAtStart { get; }

    /// <summary>The next edge that came: true for down, false for up; null for none.</summary>
    bool? TakeEdge();

    /// <summary>Completes <paramref name="wake"/> with the next edge, at once when there is one to take. Replaces the one given before.</summary>
    void WakeAtEdge(TaskCompletionSource wake);
}

/// <summary>The real button. Edges are kept in order until they are taken.</summary>
public sealed class ButtonReader : IButtonSource
{
    // How often the thread looks whether it shall end.
    private const int StopMilliseconds = 1000;

    // Between two attempts to open it.
    private static readonly TimeSpan OpenAgain = TimeSpan.FromSeconds(5);

    // A key that chatters must not fill the memory: more edges than a person makes in a minute are dropped.
    private const int MaxEdges = 64;

    private readonly ConcurrentQueue<bool> _edges = new();
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stop = new();
    private volatile TaskCompletionSource? _wake;
    private volatile string _fault = "";

    /// <summary>
    /// Opens the button and starts reading. What cannot be opened is a <see cref="Fault"/>, not an exception, since a board works without its button, and is tried
    /// again: at boot the device manager may not have handed the device to this user yet.
    /// </summary>
    public ButtonReader(BoardButton button)
    {
        var opened = TryOpen(button);
        IsDownAtStart = opened?.IsDown ?? false;
        _thread = new Thread(() => Run(button, opened)) { IsBackground = true, Name = "button" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public bool IsDownAtStart { get; }

    /// <inheritdoc/>
    public string Fault => _fault;

    /// <inheritdoc/>
    public bool? TakeEdge() => _edges.TryDequeue(out var edge) ? edge : null;

    /// <inheritdoc/>
    public void WakeAtEdge(TaskCompletionSource wake)
    {
        _wake = wake;
        if (!_edges.IsEmpty)
        {
            wake.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();

        // What an edge woke may be what disposes this.
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private static (Func<int, bool?> Read, IDisposable Owner, bool IsDown) Open(BoardButton button)
    {
        if (button.Kind == ButtonKind.Input)
        {
            var path = InputKey.Find(button.Device) ?? throw new IOException($"there is no input device \"{button.Device}\"");
            var key = InputKey.Open(path, button.Number);
            return (key.WaitForEdge, key, false);
        }

        var chip = GpioChip.Find(button.Device) ?? throw new IOException($"there is no GPIO chip \"{button.Device}\" that may be opened");
        var line = GpioLine.Open(chip, button.Number, button.ActiveLow, "skyminer button");
        return (line.WaitForEdge, line, line.IsActive);
    }

    private (Func<int, bool?> Read, IDisposable Owner, bool IsDown)? TryOpen(BoardButton button)
    {
        try
        {
            var opened = Open(button);
            _fault = "";
            return opened;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _fault = e.Message;
            return null;
        }
    }

    private void Run(BoardButton button, (Func<int, bool?> Read, IDisposable Owner, bool IsDown)? opened)
    {
        while (opened is null)
        {
            if (_stop.Wait(OpenAgain))
            {
                return;
            }

            // Down already: the edge that comes first ends a press whose length nobody knows, and the policy takes an end without a beginning for nothing.
            opened = TryOpen(button);
        }

        var (read, owner, _) = opened.Value;
        using (owner)
        {
            try
            {
                while (!_stop.IsSet)
                {
                    if (read(StopMilliseconds) is { } edge)
                    {
                        Put(edge);
                    }
                }
            }
            catch (IOException e)
            {
                _fault = e.Message;
            }
        }
    }

    private void Put(bool edge)
    {
        if (_edges.Count < MaxEdges)
        {
            _edges.Enqueue(edge);
        }

        _wake?.TrySetResult();
    }
}
