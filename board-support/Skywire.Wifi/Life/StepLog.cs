// The last steps of a radio's life with their reasons: what an operator reads when a radio does not do what it should.
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Life;

/// <summary>The last 20 steps. A step taken again for the same reason is told once, with its newest time.</summary>
internal sealed class StepLog(TimeProvider time)
{
    private const int Kept = 20;

    private readonly List<StepReport> _steps = [];

    /// <summary>Newest last.</summary>
    public IReadOnlyList<StepReport> Steps => [.. _steps];

    /// <summary>Notes a step.</summary>
    public void Note(string step, string reason)
    {
        if (_steps.Count > 0 && _steps[^1].Step == step && _steps[^1].Reason == reason)
        {
            _steps.RemoveAt(_steps.Count - 1);
        }

        _steps.Add(new StepReport(time.GetUtcNow(), step, reason));
        if (_steps.Count > Kept)
        {
            _steps.RemoveAt(0);
        }
    }
}
