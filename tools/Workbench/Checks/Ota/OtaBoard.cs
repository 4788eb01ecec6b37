// One board of a check: started from a snapshot or a card, ordered about as a person would, and watched over its restarts.
using System.Diagnostics;
using System.Text.RegularExpressions;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>A board that is on. Dispose pulls its plug.</summary>
internal sealed partial class OtaBoard(FleetPlan plan) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShellLimit = TimeSpan.FromMinutes(5);

    private BoardShell? _shell;
    private VisorApi? _api;
    private int _shellStarts = -1;

    /// <summary>The emulated board.</summary>
    public EmulatedBoard Board => plan.Boards[0];

    /// <summary>Its console since it was switched on here.</summary>
    public ConsoleWatch Watch { get; private set; } = null!;

    /// <summary>The slots that were started since then, one letter each.</summary>
    public string Starts => string.Concat(SlotChosen().Matches(Watch.Text).Select(m => m.Groups[1].Value));

    /// <summary>Switches the board on with the card it has.</summary>
    public async Task PowerOnAsync(IReadOnlyList<string> more, CancellationToken cancellationToken)
    {
        Watch = new ConsoleWatch(Board);
        await QemuProcess.StartAsync(Board, plan, stays: false, more, cancellationToken);
    }

    /// <summary>Lets it go on from a snapshot.</summary>
    public async Task ResumeAsync(BoardSnapshot snapshot, IReadOnlyList<string> more, CancellationToken cancellationToken)
    {
        // What an earlier life of this folder said is removed with its card, and must not be skipped over.
        Directory.CreateDirectory(Board.Folder);
        File.Delete(Board.Console);
        Watch = new ConsoleWatch(Board);
        await snapshot.ResumeAsync(Board, plan, more, cancellationToken);
    }

    /// <summary>A way in, opened anew after each restart. The caller does not close it.</summary>
    public async Task<BoardShell> ShellAsync(CancellationToken cancellationToken)
    {
        Watch.Read();
        if (_shell is null || _shellStarts != Starts.Length)
        {
            await CloseAsync();
            _shellStarts = Starts.Length;
            _shell = await BoardShell.OpenAsync(Board, plan, ShellLimit, cancellationToken);
        }

        return _shell;
    }

    /// <summary>Facts now.</summary>
    public async Task<OtaFacts> FactsAsync(CancellationToken cancellationToken)
    {
        var shell = await ShellAsync(cancellationToken);
        _api ??= await VisorApi.OpenAsync(Board, shell, cancellationToken);
        try
        {
            var answers = OtaFacts.Answers(await _api.TryGetAsync("update", cancellationToken), await _api.TryGetAsync("status", cancellationToken));
            return OtaFacts.Parse((await shell.RunAsync(OtaFacts.Script, cancellationToken)).Output + answers);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WorkbenchException($"the visor of board {Board.Name} takes too long to answer", $"its console: {Board.Console}");
        }
    }

    /// <summary>The visor's status; null when it does not answer, or the board is not to be reached.</summary>
    public async Task<System.Text.Json.JsonElement?> StatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            var shell = await ShellAsync(cancellationToken);
            _api ??= await VisorApi.OpenAsync(Board, shell, cancellationToken);
            return await _api.TryGetAsync("status", cancellationToken);
        }
        catch (Exception e) when (e is WorkbenchException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await CloseAsync();
            return null;
        }
    }

    /// <summary>Orders something of the update client; what it prints.</summary>
    public async Task<ShellResult> OrderAsync(string words, CancellationToken cancellationToken) => await (await ShellAsync(cancellationToken)).RunAsync($"skywire update {words}", cancellationToken);

    /// <summary>Orders something that ends in a restart, and does not wait for it.</summary>
    public async Task BeginAsync(string words, CancellationToken cancellationToken)
        => await (await ShellAsync(cancellationToken)).RequireAsync($"systemd-run -q --collect --unit=check-order sh -c 'skywire update {words} >/run/check-order.log 2>&1'", cancellationToken);

    /// <summary>What the last order that was begun has printed so far.</summary>
    public async Task<string> OrderLogAsync(CancellationToken cancellationToken) => (await (await ShellAsync(cancellationToken)).RunAsync("cat /run/check-order.log", cancellationToken)).Output.Trim();

    /// <summary>
    /// Waits until the board has been started <paramref name="starts"/> times, its console asks for a login and nothing of an update is under way any more. The last facts, and whether it came to that.
    /// </summary>
    public async Task<(OtaFacts? Facts, bool IsSettled)> SettledAsync(int starts, Func<OtaFacts, bool> isEnd, TimeSpan limit, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        OtaFacts? facts = null;
        while (watch.Elapsed < limit && QemuProcess.Pid(Board) is not null)
        {
            Watch.Read();
            if (Starts.Length >= starts && (starts == 0 || Watch.HasReached(BootStep.Login)))
            {
                try
                {
                    facts = await FactsAsync(cancellationToken);
                    if (facts.IsSettled && isEnd(facts))
                    {
                        return (facts, true);
                    }
                }
                catch (WorkbenchException)
                {
                    // It restarts just now, or sshd is not there yet: looked at again until the limit.
                    await CloseAsync();
                }
            }

            await Task.Delay(Pause, cancellationToken);
        }

        return (facts, false);
    }

    /// <summary>Waits for the n-th start of a slot; false when it does not come in time or the emulator ends.</summary>
    public async Task<bool> StartedAsync(int starts, TimeSpan limit, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            Watch.Read();
            if (Starts.Length >= starts)
            {
                return true;
            }

            if (watch.Elapsed > limit || QemuProcess.Pid(Board) is null)
            {
                return false;
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>Closes the way in.</summary>
    public async Task CloseAsync()
    {
        _api?.Dispose();
        _api = null;
        if (_shell is { } shell)
        {
            _shell = null;
            await shell.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await QemuProcess.StopAsync(Board, CancellationToken.None);
    }

    [GeneratedRegex(@"skyminer: starting slot ([AB])\b")]
    private static partial Regex SlotChosen();
}
