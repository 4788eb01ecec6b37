// Power cuts: the same update over and over, ended with SIGKILL of the emulator at a moment of the schedule, then started again and judged.
// What QEMU had written to the card's file stays, what the guest still held in its own memory is gone; a card that reorders or loses acknowledged writes is not emulated.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Skywire.Workbench.Emulation;
using Skywire.Workbench.Lab;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>Carries out cuts.</summary>
internal sealed class PowerCutRun(OtaStage stage, BundleShelf shelf, OtaReport report, CheckProgress progress, int jobs)
{
    /// <summary>Arguments under which a restart of the board ends the emulator.</summary>
    private static readonly string[] NoRestart = ["-no-reboot"];

    private static readonly TimeSpan UpdateLimit = TimeSpan.FromMinutes(15);

    // Of a board that has its order and finds the gate open: it asks for the bundle within half a minute, on a machine kept busy by others within three.
    private static readonly TimeSpan BeginLimit = TimeSpan.FromMinutes(6);
    private const int BeginTries = 3;

    // A cut in the first start leaves two tries, each with a trial to its end, before the old slot is there again.
    private static readonly TimeSpan JudgeLimit = TimeSpan.FromMinutes(20);

    // A killed emulator ends once the kernel has taken what it had written.
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(2);

    // After a write of the slot state was seen: as long as libubootenv and U-Boot take for what belongs to it.
    private static readonly TimeSpan AfterWrite = TimeSpan.FromMilliseconds(10);

    // Longer than the time for which a board that has just begun to serve a box hands out no turn (RolloutOptions.Listen), less what has passed.
    private const int TurnWaitSeconds = 75;

    private static readonly TimeSpan QuietAfterDownload = TimeSpan.FromSeconds(8);

    private BoardSnapshot _ordered = null!;
    private BoardSnapshot _brought = null!;
    private string _installedCard = "";
    private ShelvedBundle _bundle = null!;
    private OtaFacts _before = null!;
    private Timeline _line = null!;

    /// <summary>Measures the update once without a cut, then cuts.</summary>
    public async Task RunAsync(IReadOnlyList<PowerCut> cuts, CancellationToken cancellationToken)
    {
        _bundle = await shelf.SystemAsync(SlotChange.Good, cancellationToken);
        await progress.StepAsync("the same update without a cut", () => MeasureAsync(cancellationToken));
        var places = new ConcurrentBag<int>(Enumerable.Range(0, jobs));
        await Parallel.ForEachAsync(cuts, new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellationToken }, async (cut, token) =>
        {
            places.TryTake(out var place);
            var watch = Stopwatch.StartNew();
            var result = await CutAsync(cut, place, token);
            places.Add(place);
            report.Add(result);
            var end = result.Ok ? $"slot {result.Slot}, {result.Meaning}" : string.Join("; ", result.Failures);
            progress.Note($"cut {cut.Number} {result.Phase} at {result.AfterS:0.00} s ({result.At}{(result.Tear.Length > 0 ? $", torn {result.Tear}" : "")}): {end}", watch.Elapsed, result.Ok);
        });
    }

    // Snapshots of a board that gives itself the order as soon as the feed's gate is open: each cut begins without a way in, however long a snapshot takes. Then the same update once without a cut, for the lengths of its phases.
    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        await using var feed = new FeedServer(_bundle.Folder) { IsGateOpen = false };
        await using var board = new OtaBoard(stage.Plan("cut-measure", 0, feed.Port));
        var folder = Path.GetDirectoryName(board.Board.Folder)!;
        await board.ResumeAsync(stage.Rest, [], cancellationToken);
        _before = await board.FactsAsync(cancellationToken);
        const string Brought = "/data/update/import/check.raucb";
        var shell = await board.ShellAsync(cancellationToken);
        await shell.RequireAsync("install -d -o skywire -g skywire -m 750 /data/update/import", cancellationToken);
        await shell.CopyAsync(_bundle.File, Brought, cancellationToken);
        // A board that has begun to serve its box hands out no turn for a while.
        await shell.RequireAsync($"chown skywire:skywire {Brought}; sync; sleep {TurnWaitSeconds}", cancellationToken);
        await board.CloseAsync();
        var served = new BoardSnapshot(Path.Combine(folder, "served"));
        await served.SaveAsync(board.Board, cancellationToken);
        _ordered = await OrderedAsync(board, served, _bundle.Version, Path.Combine(folder, "ordered"), cancellationToken);
        _brought = await OrderedAsync(board, served, Brought, Path.Combine(folder, "brought"), cancellationToken);
        feed.IsGateOpen = true;

        var download = await DownloadAsync(board, feed, cancellationToken);
        await board.ResumeAsync(_brought, NoRestart, cancellationToken);
        var install = await WritesAsync(new SlotStateWatch(board.Board), UpdateLimit, () => false, cancellationToken);
        if (QemuProcess.Pid(board.Board) is not null || install.Count == 0)
        {
            throw new WorkbenchException($"the update without a cut did not come to its restart; the slot state was written {install.Count} times; {board.Watch.LastWords()}", $"its console: {board.Board.Console}");
        }

        _installedCard = Path.Combine(folder, "installed.img");
        await BoardSnapshot.CopyAsync(board.Board.Card, _installedCard, cancellationToken);
        await board.PowerOnAsync([], cancellationToken);
        var start = await WritesAsync(new SlotStateWatch(board.Board), UpdateLimit, () => SlotStateIsFull(board.Board.Card), cancellationToken);
        if (start.Count == 0 || !SlotStateIsFull(board.Board.Card))
        {
            throw new WorkbenchException($"the update without a cut did not pass its trial; the slot state was written {start.Count} times; {board.Watch.LastWords()}", $"its console: {board.Board.Console}");
        }

        _line = new Timeline(download, install[^1].At - install[0].At, install.Count, start[^1].At, start.Count);
        progress.Note(string.Create(CultureInfo.InvariantCulture, $"download {_line.Download:0.0} s, installation {_line.Install:0.0} s with {_line.InstallWrites} writes of the slot state, first start {_line.Start:0.0} s with {_line.StartWrites}"), TimeSpan.FromSeconds(_line.Download + _line.Install + _line.Start), ok: true);
    }

    private static async Task<BoardSnapshot> OrderedAsync(OtaBoard board, BoardSnapshot from, string what, string folder, CancellationToken cancellationToken)
    {
        await board.ResumeAsync(from, [], cancellationToken);
        var feed = QemuArguments.FeedAddress(board.Board);
        // The answer may be lost with the snapshot: it is asked for again.
        var gate = $$"""until (exec 3<>/dev/tcp/{{feed}}/80; printf "GET /{{FeedServer.Gate}} HTTP/1.0\r\n\r\n" >&3; read -r -t 5 line <&3; [[ $line == *" 200 "* ]]); do sleep 0.3; done""";
        await (await board.ShellAsync(cancellationToken)).RequireAsync($"systemd-run -q --collect bash -c '{gate}; skywire update install {what} >/run/check-order.log 2>&1; tail -n 3 /run/check-order.log >/dev/console'", cancellationToken);
        await board.CloseAsync();
        var snapshot = new BoardSnapshot(folder);
        await snapshot.SaveAsync(board.Board, cancellationToken);
        return snapshot;
    }

    // Seconds from the first byte of the bundle to the last one.
    private async Task<double> DownloadAsync(OtaBoard board, FeedServer feed, CancellationToken cancellationToken)
    {
        await BeginDownloadAsync(board, feed, cancellationToken);
        var watch = Stopwatch.StartNew();
        var bytes = feed.BundleBytes;
        var quiet = Stopwatch.StartNew();
        while (quiet.Elapsed < QuietAfterDownload)
        {
            if (feed.BundleBytes != bytes)
            {
                bytes = feed.BundleBytes;
                quiet.Restart();
            }

            if (watch.Elapsed > UpdateLimit)
            {
                throw new WorkbenchException($"the download without a cut does not end; {board.Watch.LastWords()}", $"its console: {board.Board.Console}");
            }

            await Task.Delay(100, cancellationToken);
        }

        await QemuProcess.KillAsync(board.Board, cancellationToken);
        return feed.BundleSeconds ?? 0;
    }

    // Returns with the first bytes of the bundle. A machine that stands still for seconds sets the board's watchdog off, which ends the emulator here: the board goes on from its snapshot once more.
    private async Task BeginDownloadAsync(OtaBoard board, FeedServer feed, CancellationToken cancellationToken)
    {
        var reason = "";
        for (var attempt = 0; attempt < BeginTries; attempt++)
        {
            feed.Reset();
            await board.ResumeAsync(_ordered, NoRestart, cancellationToken);
            var watch = Stopwatch.StartNew();
            while (watch.Elapsed < BeginLimit && QemuProcess.Pid(board.Board) is not null)
            {
                if (feed.BundleBytes > 0)
                {
                    return;
                }

                await Task.Delay(5, cancellationToken);
            }

            reason = await WhyNotAsync(board, feed, watch.Elapsed, cancellationToken);
            progress.Note($"{board.Board.Name}: no download: {reason}", watch.Elapsed, ok: false);
            await board.CloseAsync();
            await QemuProcess.KillAsync(board.Board, cancellationToken);
        }

        throw new WorkbenchException($"the download does not begin, {BeginTries} times; the last time: {reason}", $"its console: {board.Board.Console}");
    }

    private static async Task<string> WhyNotAsync(OtaBoard board, FeedServer feed, TimeSpan after, CancellationToken cancellationToken)
    {
        // "io-error" is a disk of this machine that is full: the emulator then stops the board.
        var state = await QemuControl.AskAsync(board.Board, """{"execute":"query-status"}""", cancellationToken) is { } answer ? answer.GetProperty("status").GetString() : "gone";
        var asked = string.Create(CultureInfo.InvariantCulture, $"{after.TotalSeconds:0} s, {feed.Requests} requests at the feed, emulator {state}");
        if (QemuProcess.Pid(board.Board) is null)
        {
            return $"{asked}, its emulator has ended by itself (as the watchdog ends it): {(await File.ReadAllTextAsync(board.Board.QemuLog, cancellationToken)).Trim()}; {board.Watch.LastWords()}";
        }

        if (state != "running")
        {
            return asked;
        }

        try
        {
            var shell = await board.ShellAsync(cancellationToken);
            var look = await shell.RunAsync("pgrep -x skywire -a | grep -F update; tail -n 3 /run/check-order.log; ip -4 -br addr; skywire update status; journalctl -b -q -u skywire --no-pager -o cat -n 3", cancellationToken);
            return $"{asked}, on the board: {look.Output.Trim().Replace("\n", " | ", StringComparison.Ordinal)}";
        }
        catch (WorkbenchException e)
        {
            return $"{asked}, no way in: {e.Message}";
        }
    }

    private async Task<CutResult> CutAsync(PowerCut cut, int place, CancellationToken cancellationToken)
    {
        var result = new CutResult(cut.Number, Word(cut.Phase), 0, "", "", false, "", "", "", "", 0, []);
        try
        {
            await using var feed = new FeedServer(_bundle.Folder);
            await using var board = new OtaBoard(stage.Plan($"cut-{place}", place, feed.Port));
            var write = (int)(cut.Write * (_line.InstallWrites + _line.StartWrites));
            var isStart = cut.Phase == CutPhase.FirstBoot || (cut.Phase == CutPhase.SlotState && write >= _line.InstallWrites);
            if (isStart)
            {
                await BoardSnapshot.PrepareAsync(board.Board, _installedCard, cancellationToken);
                await board.PowerOnAsync([], cancellationToken);
            }
            else
            {
                await (cut.Phase == CutPhase.Download ? BeginDownloadAsync(board, feed, cancellationToken) : board.ResumeAsync(_brought, NoRestart, cancellationToken));
            }

            var pid = QemuProcess.Pid(board.Board) ?? throw new WorkbenchException("the emulator ended by itself", board.Board.QemuLog);
            // Off the pool's threads that serve the feed: it blocks, and counts milliseconds.
            var cutAt = await Task.Factory.StartNew(() => Cut(cut, isStart ? write - _line.InstallWrites : write, board.Board, feed, pid), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await QemuProcess.WaitForEndAsync(board.Board, EndLimit, cancellationToken);
            result = result with { AfterS = Math.Round(cutAt.AfterS, 2), At = cutAt.At, Tear = Tear(cut, cutAt.Write, board.Board.Card) };
            return await JudgeAsync(result, board, isStart || cutAt.IsInstalled, cancellationToken);
        }
        catch (WorkbenchException e)
        {
            return result with { Failures = [e.Message] };
        }
    }

    private sealed record CutMoment(double AfterS, string At, SlotStateWrite? Write, bool IsInstalled);

    private CutMoment Cut(PowerCut cut, int write, EmulatedBoard board, FeedServer feed, int pid)
    {
        var watch = new SlotStateWatch(board);
        switch (cut.Phase)
        {
            case CutPhase.Download:
                Thread.Sleep(TimeSpan.FromSeconds(cut.Fraction * _line.Download));
                Signals.Send(pid, Signals.Kill);
                return new CutMoment(cut.Fraction * _line.Download, $"{feed.BundleBytes} bytes sent", null, false);
            case CutPhase.Install:
                watch.Next(UpdateLimit, () => false);
                Thread.Sleep(TimeSpan.FromSeconds(cut.Fraction * _line.Install));
                Signals.Send(pid, Signals.Kill);
                return new CutMoment(cut.Fraction * _line.Install, "writing the slot", null, CardState.Read(board.Card).First?.Order.StartsWith('B') ?? true);
            case CutPhase.SlotState:
                SlotStateWrite? last = null;
                for (var i = 0; i <= write; i++)
                {
                    last = watch.Next(UpdateLimit, () => false) ?? last;
                }

                var after = cut.Tear == CutTear.None ? AfterWrite * cut.Fraction : TimeSpan.Zero;
                Thread.Sleep(after);
                Signals.Send(pid, Signals.Kill);
                return new CutMoment(after.TotalSeconds, $"write {write + 1}: {Show(last?.Before.First)} to {Show(last?.After.First)}", last, last?.After.First?.Order.StartsWith('B') ?? false);
            default:
                Thread.Sleep(TimeSpan.FromSeconds(cut.Fraction * _line.Start));
                Signals.Send(pid, Signals.Kill);
                return new CutMoment(cut.Fraction * _line.Start, "first start", null, true);
        }
    }

    // Only the copy that was being written can be torn: the other one, if it changed in the same moment, is chosen by the schedule.
    private static string Tear(PowerCut cut, SlotStateWrite? write, string card)
    {
        if (cut.Tear == CutTear.None || write is null)
        {
            return "";
        }

        var firstChanged = !write.Before.FirstBlock.AsSpan().SequenceEqual(write.After.FirstBlock);
        var secondChanged = !write.Before.SecondBlock.AsSpan().SequenceEqual(write.After.SecondBlock);
        var second = secondChanged && (cut.Tear == CutTear.Second || !firstChanged);
        var (before, after) = second ? (write.Before.SecondBlock, write.After.SecondBlock) : (write.Before.FirstBlock, write.After.FirstBlock);
        // Through the checksum and the values, which lie in the first bytes.
        CardState.Write(card, second, CardState.Torn(before, after, 2 + (int)(cut.Fraction * 40)));
        return second ? "second" : "first";
    }

    private async Task<CutResult> JudgeAsync(CutResult result, OtaBoard board, bool wasWritten, CancellationToken cancellationToken)
    {
        await board.PowerOnAsync([], cancellationToken);
        var (after, isSettled) = await board.SettledAsync(1, f => f.Tries.GetValueOrDefault($"BOOT_{f.Slot}_LEFT") == "3", JudgeLimit, cancellationToken);
        var stateFrom = board.Watch.Log.SlotStateFrom;
        var bootS = Math.Round(board.Watch.Seconds, 1);
        if (after is null)
        {
            return result with { Failures = [$"the board was not reached again; starts: {board.Starts}"], StateFrom = stateFrom, BootS = bootS };
        }

        var verdict = CutJudge.Judge(_before, after, shelf.Running, _bundle.Version, wasWritten);
        List<string> faults = [.. verdict.Faults];
        if (!isSettled)
        {
            faults.Add($"it did not come to rest: update phase \"{after.Phase}\", trial \"{after.Trial}\", reason \"{after.TrialReason}\", starts {board.Starts}");
        }

        return result with { Ok = faults.Count == 0, Slot = after.Slot, Version = after.Version, StateFrom = stateFrom, Meaning = verdict.Meaning, BootS = bootS, Failures = faults };
    }

    private static Task<List<SlotStateWrite>> WritesAsync(SlotStateWatch watch, TimeSpan limit, Func<bool> isOver, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () =>
        {
            var writes = new List<SlotStateWrite>();
            // What is there before the first write may look like the end.
            while (watch.Next(limit, () => writes.Count > 0 && isOver()) is { } write)
            {
                writes.Add(write);
                if (isOver())
                {
                    break;
                }
            }

            return writes;
        },
        cancellationToken,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    // The trial is over: the new slot is the first one and has all its tries.
    private static bool SlotStateIsFull(string card) => CardState.Read(card).First is { LeftB: 3 } state && state.Order.StartsWith('B') && CardState.Read(card).Second is { LeftB: < 3 };

    private static string Show(Skywire.ImageBuild.Boot.SlotState? state) => state is null ? "torn" : $"\"{state.Order}\" {state.LeftA} {state.LeftB}";

    private static string Word(CutPhase phase) => phase switch
    {
        CutPhase.Download => "download",
        CutPhase.Install => "install",
        CutPhase.SlotState => "slot_state",
        _ => "first_boot",
    };

    // Lengths in seconds, and how often the slot state was written.
    private sealed record Timeline(double Download, double Install, int InstallWrites, double Start, int StartWrites);
}
