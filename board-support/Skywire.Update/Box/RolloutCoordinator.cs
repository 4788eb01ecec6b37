// Who may update now: one board of a box at a time, the serving board last, nobody after a failure. Pure: reports and a steady clock in, answers out. All it knows is soft: members repeat what
// they last heard, so that a board that takes over serving knows after a short listening what its predecessor knew.
using System.Globalization;
using Skywire.Update.Versions;

namespace Skywire.Update.Box;

/// <summary>A board as the coordinator knows it.</summary>
public sealed record RolloutBoard(string Board, string Version, RolloutState State, string Target, string Reason, TimeSpan Silence);

/// <summary>Hands out turns. Not thread-safe; lives as long as its board serves the box.</summary>
/// <param name="self">The board it runs on.</param>
/// <param name="name">A name no other coordinator has, of this board or another one.</param>
/// <param name="options">Times.</param>
/// <param name="start">The steady clock now.</param>
public sealed class RolloutCoordinator(string self, string name, RolloutOptions options, TimeSpan start)
{
    // Sorted: what happens must not depend on who reported first.
    private readonly SortedDictionary<string, (RolloutReport Report, TimeSpan At)> _boards = new(StringComparer.Ordinal);
    private string _target = "";
    private int _order;
    private string _stopped = "";
    private (string Board, string Target, TimeSpan Since)? _holder;
    private TimeSpan? _lastGood;

    /// <summary>A person orders a version for the whole box; also how it goes on after a stop: failures of earlier orders no longer count.</summary>
    public void Order(string version) => (_target, _order, _stopped) = (version, _order + 1, "");

    /// <summary>A person stops it. A board in its turn ends it.</summary>
    public void Stop(string reason) => _stopped = reason;

    /// <summary>Takes a report and answers it.</summary>
    public RolloutAnswer Report(RolloutReport report, TimeSpan now)
    {
        if (!_boards.ContainsKey(report.Board) && _boards.Count >= options.MaxBoards)
        {
            return new RolloutAnswer(RolloutVerdict.Wait, "too many boards", View(now));
        }

        _boards[report.Board] = (report, now);
        Learn(report, now);
        Settle(now);
        if (_stopped.Length > 0)
        {
            return new RolloutAnswer(RolloutVerdict.Stopped, _stopped, View(now));
        }

        if (report.State == RolloutState.Wanting && _holder is null && Obstacle(report.Board, now) is { Length: > 0 } obstacle)
        {
            return new RolloutAnswer(RolloutVerdict.Wait, obstacle, View(now));
        }

        if (report.State == RolloutState.Wanting)
        {
            _holder ??= (report.Board, report.Target, now);
        }

        return _holder is { } holder && holder.Board == report.Board && report.State == RolloutState.Wanting
            ? new RolloutAnswer(RolloutVerdict.Granted, "", View(now))
            : new RolloutAnswer(RolloutVerdict.Wait, _holder is { } other ? $"{other.Board} has the turn" : "", View(now));
    }

    /// <summary>Notices silence. Called now and then.</summary>
    public void Tick(TimeSpan now) => Settle(now);

    /// <summary>The roll-out now.</summary>
    public RolloutView View(TimeSpan now) => new(name, _target, _order, _holder?.Board ?? "", _holder?.Target ?? "", _holder is { } holder ? now - holder.Since : TimeSpan.Zero, _stopped);

    /// <summary>All boards that reported.</summary>
    public IReadOnlyList<RolloutBoard> Boards(TimeSpan now)
        => [.. _boards.Values.Select(b => new RolloutBoard(b.Report.Board, b.Report.Version, b.Report.State, b.Report.Target, b.Report.Reason, now - b.At))];

    private bool IsListening(TimeSpan now) => now - start < options.Listen;

    // What another coordinator knew counts while this one listens: later it knows better itself.
    private void Learn(RolloutReport report, TimeSpan now)
    {
        if (report.State is RolloutState.Wanting or RolloutState.Downloading && _order == 0 && IsNewer(report.Target, _target))
        {
            _target = report.Target;
        }

        if (report.Seen is not { } seen || seen.By == name || !IsListening(now))
        {
            return;
        }

        if (seen.Order > _order)
        {
            (_target, _order) = (seen.Target, seen.Order);
        }

        if (seen.Stopped.Length > 0 && _stopped.Length == 0)
        {
            _stopped = seen.Stopped;
        }

        var since = now - seen.HeldFor;
        if (seen.Holder.Length > 0 && (_holder is null || since > _holder.Value.Since))
        {
            _holder = (seen.Holder, seen.HolderTarget, since);
        }
    }

    private void Settle(TimeSpan now)
    {
        var failed = _boards.Values.Select(b => b.Report).FirstOrDefault(r => r.State == RolloutState.Failed && r.Order >= _order && (r.Target == _target || r.Board == _holder?.Board));
        if (failed is not null && _stopped.Length == 0)
        {
            _stopped = $"{failed.Board} failed with {failed.Target}: {failed.Reason}";
        }

        if (_holder is not { } holder)
        {
            return;
        }

        // A report of before the turn says nothing about how it went.
        if (_boards.TryGetValue(holder.Board, out var seen) && seen.At >= holder.Since)
        {
            if (seen.Report.State == RolloutState.Failed)
            {
                _holder = null;
                return;
            }

            // Good, or given up before anything was written: a board that had to go back says failed.
            if (seen.Report.State == RolloutState.Idle)
            {
                (_holder, _lastGood) = (null, now);
                return;
            }
        }

        if (now - holder.Since > options.TurnLimit)
        {
            _holder = null;
            _stopped = string.Create(CultureInfo.InvariantCulture, $"{holder.Board} was not heard of as good within {options.TurnLimit.TotalMinutes:0} minutes of its turn");
        }
    }

    // Why a board that asks does not get the turn; "" when it does.
    private string Obstacle(string board, TimeSpan now)
    {
        if (IsListening(now))
        {
            return "this board has just begun to serve and listens";
        }

        if (_lastGood is { } good && now - good < options.GoodTime)
        {
            return "the last board has not been good for long enough";
        }

        var others = _boards.Values.Where(b => b.Report.Board != board && now - b.At < options.Away).ToList();
        if (others.Find(b => b.Report.State is RolloutState.Updating or RolloutState.OnTrial) is { Report: { } busy })
        {
            return $"{busy.Board} is updating";
        }

        if (others.Find(b => now - b.At > options.Doubt && b.Report.State != RolloutState.Downloading) is { Report: { } silent })
        {
            return $"{silent.Board} has fallen silent";
        }

        if (board == self)
        {
            var before = others.Find(b => b.Report.State is RolloutState.Wanting or RolloutState.Downloading || (_order > 0 && b.Report.Version != _target));
            return before.Report is { } first ? $"{first.Board} goes before the serving board" : "";
        }

        var lower = others.Find(b => b.Report.State == RolloutState.Wanting && b.Report.Board != self && string.CompareOrdinal(b.Report.Board, board) < 0);
        return lower.Report is { } next ? $"{next.Board} goes first" : "";
    }

    private static bool IsNewer(string version, string than)
        => SemanticVersion.Parse(version) is { } parsed && (SemanticVersion.Parse(than) is not { } known || parsed > known);
}
