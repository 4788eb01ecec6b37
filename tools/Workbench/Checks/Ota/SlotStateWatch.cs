// Looks at the slot state on the card of a running board often enough to see each write of it.
using System.Diagnostics;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>A write: when it was seen, in seconds since the watch began, with the state before and after.</summary>
internal sealed record SlotStateWrite(double At, CardState Before, CardState After);

/// <summary>Waits for writes. A thread of its own: a scheduler's pause would be longer than a write.</summary>
internal sealed class SlotStateWatch(EmulatedBoard board)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private CardState _state = CardState.Read(board.Card);

    /// <summary>Seconds since the watch began.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>
    /// Blocks until the next write; null when the emulator has ended or <paramref name="limit"/> passed first. <paramref name="isOver"/> is asked between looks.
    /// </summary>
    public SlotStateWrite? Next(TimeSpan limit, Func<bool> isOver)
    {
        var end = _clock.Elapsed + limit;
        for (var look = 0; ; look++)
        {
            var now = CardState.Read(board.Card);
            if (!now.IsSame(_state))
            {
                var write = new SlotStateWrite(Seconds, _state, now);
                _state = now;
                return write;
            }

            // Whether the emulator is there costs a file of /proc: not at each look.
            if (_clock.Elapsed > end || (look % 256 == 255 && (isOver() || QemuProcess.Pid(board) is null)))
            {
                return null;
            }

            Thread.Sleep(Look);
        }
    }
}
