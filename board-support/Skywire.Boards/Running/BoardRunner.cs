// `board run`: asks the visor every other second, and keeps LEDs, console page, button and report in step with what it says. Small on purpose: it shares 512 MB with the visor.
using Skywire.Boards.Buttons;
using Skywire.Boards.Data;
using Skywire.Boards.Leds;
using Skywire.Boards.Screen;
using Skywire.Boards.Settings;

namespace Skywire.Boards.Running;

/// <summary>What the board service works with.</summary>
public sealed record BoardParts
{
    /// <summary>Which board this is.</summary>
    public required BoardFile Board { get; init; }

    /// <summary>Its LEDs.</summary>
    public required LedDriver Leds { get; init; }

    /// <summary>Its button; null when it has none.</summary>
    public required IButtonSource? Button { get; init; }

    /// <summary>The visor.</summary>
    public required IMeshStatusSource Mesh { get; init; }

    /// <summary>The air; null asks nobody.</summary>
    public IAirStatusSource? Air { get; init; }

    /// <summary>True while a wire has a link.</summary>
    public Func<bool> HasWire { get; init; } = static () => false;

    /// <summary>The console page; null shows none.</summary>
    public required IssueFile? Screen { get; init; }

    /// <summary>Folders.</summary>
    public required ApplyPlaces Places { get; init; }

    /// <summary>Folder of the report and of orders to other units.</summary>
    public required string OwnFolder { get; init; }

    /// <summary>The machine in words.</summary>
    public required string Model { get; init; }

    /// <summary>Versions in words.</summary>
    public required string Release { get; init; }

    /// <summary>Interface whose packets LEDs show; "" for none.</summary>
    public required Func<string> Wire { get; init; }

    /// <summary>This board's addresses.</summary>
    public required Func<IReadOnlyList<string>> Addresses { get; init; }

    /// <summary>Faults found before the service started.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}

/// <summary>The board service. <paramref name="alive"/> is called once a round with the state in words: a round that hangs is a sign of life that is missing.</summary>
public sealed class BoardRunner(BoardParts parts, TimeProvider time, Action<BoardState, string> alive)
{
    /// <summary>Time between two questions to the visor: what happened is seen within this.</summary>
    public static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(2);

    /// <summary>The other unit that forgets settings waits for this file.</summary>
    public const string ForgetOrder = "forget-settings";

    /// <summary>While an update is written, this file exists below the run folder.</summary>
    public const string UpdatingMark = "updating";

    // Held buttons and LEDs whose attributes are not ours yet are looked at this often.
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(100);

    // A getty prints the page anew each time; on a serial line of 115200 that takes a third of a second.
    private static readonly TimeSpan ScreenRest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromMinutes(1);

    private readonly BoardStatePolicy _policy = new(time);
    private readonly ButtonPolicy _button = new(time);
    private readonly ReportFile _report = new(parts.OwnFolder, time);
    private BoardFacts _facts = new();
    private SettingsOutcome? _settings;
    private (BoardState State, string Reason) _judged = (BoardState.Booting, "starting");
    private long _asked;
    private long _lookedAt;
    private bool _hasAsked;
    private bool _hasLooked;

    private string OrderFile => Path.Combine(parts.OwnFolder, ForgetOrder);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _button.Start(parts.Button?.IsDownAtStart ?? false);
        try
        {
            while (true)
            {
                await RoundAsync(cancellationToken);
                var pause = _button.IsDown || parts.Leds.IsBehind ? Quick : AskEvery;
                await PauseAsync(pause, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop. The unit's ExecStopPost sets the LEDs: this program cannot know whether it is started again.
        }
    }

    // One look at everything, one change of everything.
    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        while (parts.Button?.TakeEdge() is { } isDown)
        {
            _button.Edge(isDown);
        }

        if (!_hasAsked || time.GetElapsedTime(_asked) >= AskEvery - Quick)
        {
            (_hasAsked, _asked) = (true, time.GetTimestamp());
            await LookAsync(cancellationToken);
        }

        // The other unit takes the order away when it is done: either the board restarts now, or it could not forget.
        if ((_button.TakeForgetOrder() && !OrderForget()) || (_button.IsForgetting && !File.Exists(OrderFile)))
        {
            _button.Revoke();
        }

        var answer = _button.Answer();
        var tasks = LedPolicy.Tasks(parts.Board, _judged.State, answer, _facts.Air?.State ?? "");
        parts.Leds.Show(tasks, parts.Wire());
        ShowScreen(answer == ButtonAnswer.State);
        _report.Write(Report(tasks), SignOfLife);
        alive(_judged.State, _judged.Reason);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var (mesh, fault) = await parts.Mesh.AskAsync(cancellationToken);
        // Applied once a boot; read until it is there.
        _settings ??= SettingsApplier.LastOutcome(parts.Places);
        _facts = new BoardFacts
        {
            Mesh = mesh,
            MeshFault = fault,
            Mistakes = _settings?.Mistakes.Count ?? 0,
            IsUpdating = File.Exists(Path.Combine(parts.Places.Run, UpdatingMark)),
            Air = parts.Air?.Read(),
            HasWire = parts.HasWire(),
        };
        _judged = _policy.Judge(_facts);
    }

    private bool OrderForget()
    {
        try
        {
            File.WriteAllText(OrderFile, "button\n");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void ShowScreen(bool atOnce)
    {
        if (parts.Screen is null || (_hasLooked && !atOnce && time.GetElapsedTime(_lookedAt) < ScreenRest))
        {
            return;
        }

        (_hasLooked, _lookedAt) = (true, time.GetTimestamp());
        parts.Screen.Show(ConsolePage.Issue(ConsoleFactsOf.Make(parts, _settings, _judged, _facts.Mesh, _facts.Air)));
    }

    private BoardReport Report(IReadOnlyList<(string Led, LedTask Task)> tasks)
    {
        var faults = parts.Leds.Faults;
        return new BoardReport
        {
            Board = parts.Board.Name,
            State = _judged.State.Word(),
            Reason = _judged.Reason,
            Since = _report.Since(_judged.State),
            At = time.GetUtcNow(),
            Air = _facts.Air,
            Leds = [.. tasks.Select(t => new LedReport(t.Led, t.Task.ToString(), faults.GetValueOrDefault(t.Led, "")))],
            Button = parts.Button is { } button ? new ButtonReport(_button.Count.Short, _button.Count.Forget, _button.IsDown, button.Fault) : null,
            Faults = parts.Screen?.Fault is { Length: > 0 } screen ? [.. parts.Faults, "console page: " + screen] : parts.Faults,
        };
    }

    // An edge ends the pause: a press is answered at once. No task combinators: their continuations leave the caller's scheduler (docs/determinism.md).
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        var wake = new TaskCompletionSource();
        await using var timer = time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), wake, pause, Timeout.InfiniteTimeSpan);
        await using var stop = cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), wake);
        parts.Button?.WakeAtEdge(wake);
        await wake.Task;
        cancellationToken.ThrowIfCancellationRequested();
    }
}
