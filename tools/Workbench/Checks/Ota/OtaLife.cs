// One board's life in a check: from rest through one or more cases to its end. Lives are independent and may run side by side.
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>What a life works with.</summary>
internal sealed record OtaLifeParts(OtaStage Stage, BundleShelf Shelf, OtaReport Report, CheckProgress Progress, Func<string, bool> IsWanted);

/// <summary>Cases on one board. Dispose ends board and server.</summary>
internal sealed partial class OtaLife : IAsyncDisposable
{
    // Three tries, each with a trial to its end and a start that other work on the machine stretches.
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(15);

    private readonly OtaLifeParts _parts;
    private readonly FeedServer _feed;
    private readonly OtaBoard _board;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private OtaFacts _before = null!;
    private OtaCaseResult? _last;

    private OtaLife(OtaLifeParts parts, FeedServer feed, OtaBoard board)
    {
        _parts = parts;
        _feed = feed;
        _board = board;
    }

    /// <summary>A board that goes on from rest.</summary>
    public static async Task<OtaLife> BeginAsync(OtaLifeParts parts, string name, int place, CancellationToken cancellationToken)
    {
        var feed = new FeedServer("");
        var life = new OtaLife(parts, feed, new OtaBoard(parts.Stage.Plan(name, place, feed.Port)));
        try
        {
            await life._board.ResumeAsync(parts.Stage.Rest, [], cancellationToken);
            life._before = await life._board.FactsAsync(cancellationToken);
        }
        catch
        {
            await life.DisposeAsync();
            throw;
        }

        return life;
    }

    /// <summary>All refusals, one after the other, without a restart: nothing of the running system may change.</summary>
    public async Task RefusalsAsync(CancellationToken cancellationToken)
    {
        var names = new Dictionary<string, string> { ["bad_signature"] = "wrong-key", ["wrong_board"] = "wrong-board", ["older_version"] = "older" };
        foreach (var (code, file) in await _parts.Shelf.RefusedAsync(cancellationToken))
        {
            var name = names.GetValueOrDefault(code, code);
            if (_parts.IsWanted(name))
            {
                await InstallFileAsync(file, cancellationToken);
                await EndAsync(name, 0, new OtaExpectation("A", _parts.Shelf.Running, "refused", code), cancellationToken);
            }
        }
    }

    /// <summary>The data partition is full but for 24 MiB; the same afterwards with room again is what the other cases show.</summary>
    public async Task DiskFullAsync(CancellationToken cancellationToken)
    {
        var bundle = await OfferAsync(SlotChange.Good, cancellationToken);
        var shell = await _board.ShellAsync(cancellationToken);
        await shell.RequireAsync("fallocate -l $(( $(df --output=avail -B1 /data | tail -1) - 25165824 )) /data/check-full", cancellationToken);
        await _board.OrderAsync($"install {bundle.Version}", cancellationToken);
        await shell.RequireAsync("rm /data/check-full", cancellationToken);
        await EndAsync("disk-full", 0, new OtaExpectation("A", _parts.Shelf.Running, "refused", "disk_too_small"), cancellationToken);
    }

    /// <summary>An update over the network that works; its figures.</summary>
    public async Task GoodAsync(CancellationToken cancellationToken)
    {
        var bundle = await OfferAsync(SlotChange.Good, cancellationToken);
        var shell = await _board.ShellAsync(cancellationToken);
        // What the card has been written is gone with the restart; the console keeps it.
        await shell.RequireAsync("systemd-run -q --collect sh -c 'while sleep 1; do set -- $(cat /sys/class/block/$(basename $(readlink -f /dev/skyminer-disk))/stat); echo \"check: written $7\" >/dev/ttyAMA0; done'", cancellationToken);
        await UpdateAsync("good", bundle, cancellationToken);
        Blame(_feed.BundleBytes < bundle.Bytes / 2 ? "" : $"{_feed.BundleBytes} of {bundle.Bytes} bytes were downloaded: the blocks that the running slot has were not taken from it");
        var after = _before;
        var update = after.History.LastOrDefault(e => e.Event == "good");
        var installed = after.History.LastOrDefault(e => e.Event == "installed" && e.Trial == update?.Trial);
        _parts.Report.Figures = new OtaFigures
        {
            BundleBytes = bundle.Bytes,
            DownloadedBytes = _feed.BundleBytes,
            IndexBytes = _feed.OtherBytes,
            DownloadS = _feed.BundleSeconds,
            InstallS = Seconds(installed?.Begun, installed?.At),
            TrialS = Seconds(installed?.At, update?.At),
            CardWrittenBytes = WrittenSince(_board.Watch.Text),
        };
    }

    /// <summary>The same with a connection that breaks three times.</summary>
    public async Task BrokenConnectionsAsync(CancellationToken cancellationToken)
    {
        const int Breaks = 3;
        var bundle = await OfferAsync(SlotChange.Good, cancellationToken);
        _feed.Faults = new FeedFaults { Breaks = Breaks, BreakEvery = 300_000 };
        await UpdateAsync("broken-connections", bundle, cancellationToken);
        Blame(_feed.Breaks == Breaks ? "" : $"{_feed.Breaks} connections broke, not {Breaks}");
    }

    /// <summary>A person takes the update back.</summary>
    public Task RollbackAsync(CancellationToken cancellationToken) => RollbackAsync("rollback", cancellationToken);

    private async Task RollbackAsync(string name, CancellationToken cancellationToken)
    {
        var starts = _board.Starts.Length;
        await _board.BeginAsync("rollback", cancellationToken);
        await EndAsync(name, starts + 1, new OtaExpectation("A", _parts.Shelf.Running, "rollback", Starts: "A"), cancellationToken);
    }

    /// <summary>Data that a newer version wrote is read by the older one, after a person took the newer one back: the same settings, not the usual ones.</summary>
    public async Task NewerDataAsync(CancellationToken cancellationToken)
    {
        const string Name = "newer-data";
        if (!await UpdateAsync(Name, await OfferAsync(SlotChange.NewerData, cancellationToken), cancellationToken))
        {
            return;
        }

        await RollbackAsync(Name, cancellationToken);
        // The feed's address is the operator's setting: it is asked only by a visor that read it.
        _feed.Reset();
        var check = await _board.OrderAsync("check", cancellationToken);
        const string Newer = "of_a_newer_version";
        var written = await (await _board.ShellAsync(cancellationToken)).RunAsync($"grep -l {Newer} /var/lib/skywire/skywire.json /data/update/history.jsonl | wc -l", cancellationToken);
        Blame(_feed.OtherBytes > 0 ? "" : $"the older version did not look at the operator's feed: {check.Output.Trim()}", written.Output.Trim() == "2" ? "" : "the newer version did not write its data");
    }

    /// <summary>A change of keys: what the next authority signs is refused, an update brings the next keyring, and what it signs is read.</summary>
    public async Task KeyChangeAsync(CancellationToken cancellationToken)
    {
        const string Name = "key-change";
        var byNext = await _parts.Shelf.SignedByNextAsync(cancellationToken);
        await InstallFileAsync(byNext, cancellationToken);
        await EndAsync(Name, 0, new OtaExpectation("A", _parts.Shelf.Running, "refused", "bad_signature"), cancellationToken);
        var bundle = await OfferAsync(_parts.Shelf.KeyChange, cancellationToken);
        if (await UpdateAsync(Name, bundle, cancellationToken))
        {
            await InstallFileAsync(byNext, cancellationToken);
            await EndAsync(Name, 0, new OtaExpectation("B", bundle.Version, "refused", "older_version"), cancellationToken);
        }
    }

    /// <summary>A new system with a fault of its own: three tries, then the old one with the reason.</summary>
    public async Task TakenBackAsync(SlotChange change, CancellationToken cancellationToken)
    {
        var bundle = await OfferAsync(change, cancellationToken);
        await _board.BeginAsync($"install {bundle.Version}", cancellationToken);
        await EndAsync(change.Name, 4, new OtaExpectation("A", _parts.Shelf.Running, "rolled_back", Starts: "BBBA", IsRemembered: true), cancellationToken);
    }

    /// <summary>A good system whose links do not come back: the wire's cable is out while it is tried.</summary>
    public async Task LinksLostAsync(int neighbourPlace, CancellationToken cancellationToken)
    {
        var bundle = await OfferAsync(SlotChange.Good, cancellationToken);
        await using var neighbour = new OtaBoard(_parts.Stage.NeighbourOf(_board.Board, neighbourPlace));
        await _parts.Stage.MakeCardAsync(neighbour.Board, "neighbour", cancellationToken);
        await neighbour.PowerOnAsync([], cancellationToken);
        var linked = await BoardWatch.UntilAsync(async () => (await _board.FactsAsync(cancellationToken)).Links > 0, TimeSpan.FromMinutes(5), cancellationToken);
        if (linked is null)
        {
            Add(new OtaCaseResult("no-links", false, 0, "", "", false, "", "", "", "", ["the boards do not link up"]));
            return;
        }

        await _board.BeginAsync($"install {bundle.Version}", cancellationToken);
        if (await _board.StartedAsync(1, EndLimit, cancellationToken))
        {
            await QemuControl.SetCableAsync(_board.Board, QemuArguments.WireId, isIn: false, cancellationToken);
        }

        await EndAsync("no-links", 4, new OtaExpectation("A", _parts.Shelf.Running, "rolled_back", Starts: "BBBA", IsRemembered: true), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _board.DisposeAsync();
        await _feed.DisposeAsync();
        if (_parts.Report.Cases.TrueForAll(c => c.Ok) && File.Exists(_board.Board.Card))
        {
            File.Delete(_board.Board.Card);
        }
    }

    private async Task InstallFileAsync(string file, CancellationToken cancellationToken)
    {
        const string There = "/run/check.raucb";
        await (await _board.ShellAsync(cancellationToken)).CopyAsync(file, There, cancellationToken);
        await _board.OrderAsync($"install {There}", cancellationToken);
    }

    private async Task<bool> UpdateAsync(string name, ShelvedBundle bundle, CancellationToken cancellationToken)
    {
        _feed.Reset();
        await _board.BeginAsync($"install {bundle.Version}", cancellationToken);
        return await EndAsync(name, 1, new OtaExpectation("B", bundle.Version, "good", Starts: "B"), cancellationToken);
    }

    private async Task<ShelvedBundle> OfferAsync(SlotChange change, CancellationToken cancellationToken)
    {
        var bundle = await _parts.Shelf.SystemAsync(change, cancellationToken);
        _feed.Folder = bundle.Folder;
        return bundle;
    }

    // The end of a case is the beginning of the next one.
    private async Task<bool> EndAsync(string name, int starts, OtaExpectation expected, CancellationToken cancellationToken)
    {
        var startsBefore = starts > 0 && expected.Starts.Length > 0 ? starts - expected.Starts.Length : _board.Starts.Length;
        var count = _before.History.Count;
        var (after, isSettled) = await _board.SettledAsync(starts, f => f.History.Count > count && f.Slot == expected.Slot, EndLimit, cancellationToken);
        var seen = _board.Starts.Length >= startsBefore ? _board.Starts[startsBefore..] : "";
        if (after is null)
        {
            Add(new OtaCaseResult(name, false, Math.Round(_clock.Elapsed.TotalSeconds, 1), "", "", false, "", "", "", seen, ["the board was not reached again"]));
            return false;
        }

        List<string> faults = [.. expected.Judge(_before, after, seen)];
        if (!isSettled)
        {
            faults.Add($"it did not come to rest: update phase \"{after.Phase}\", trial \"{after.Trial}\", visor {after.VisorState}");
        }

        var last = after.History.Skip(count).LastOrDefault();
        Add(new OtaCaseResult(name, faults.Count == 0, Math.Round(_clock.Elapsed.TotalSeconds, 1), after.Slot, after.Version, !OtaExpectation.Lost(_before, after).Any(), last?.Event ?? "", last?.Code ?? "", last?.Reason ?? "", seen, faults));
        _clock.Restart();
        _before = after;
        return faults.Count == 0;
    }

    // What is found out after the end of a case.
    private void Blame(params IEnumerable<string> faults)
    {
        var found = faults.Where(f => f.Length > 0).ToList();
        if (found.Count > 0 && _last is { } last)
        {
            _parts.Report.Replace(last, last with { Ok = false, Failures = [.. last.Failures, .. found] });
            _parts.Progress.Note($"{last.Case}: {string.Join("; ", found)}", TimeSpan.Zero, ok: false);
        }
    }

    private void Add(OtaCaseResult result)
    {
        _last = result;
        _parts.Report.Add(result);
        _parts.Progress.Note($"{result.Case}: {(result.Ok ? $"slot {result.Slot}, {result.Event} {result.Code}" : string.Join("; ", result.Failures))}", TimeSpan.FromSeconds(result.Seconds), result.Ok);
    }

    private static double? Seconds(DateTimeOffset? from, DateTimeOffset? to) => from is { } f && to is { } t ? Math.Round((t - f).TotalSeconds, 1) : null;

    /// <summary>Bytes between the first and the last report of a start's console, in sectors of 512 bytes; those after the next loader's banner are another start's.</summary>
    internal static long WrittenSince(string console)
    {
        var end = console.IndexOf("U-Boot 20", StringComparison.Ordinal);
        var reports = WrittenLine().Matches(end < 0 ? console : console[..end]).Select(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        return reports.Count == 0 ? 0 : (reports[^1] - reports[0]) * 512;
    }

    [GeneratedRegex(@"check: written (\d+)")]
    private static partial Regex WrittenLine();
}
