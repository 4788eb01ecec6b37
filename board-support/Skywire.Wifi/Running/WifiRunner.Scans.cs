// Scans: the one long question to the kernel. Each is an owned task; its outcome is handed to the loop, which looks on meanwhile.
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Running;

public sealed partial class WifiRunner
{
    // All channels passively take 4 s on two bands; a driver that has lost an answer must not hold the radio's scans for ever.
    private static readonly TimeSpan ScanLimit = TimeSpan.FromSeconds(30);

    // Scans may end on another thread than the loop's: what came of them waits here.
    private readonly Lock _scannedLock = new();
    private readonly List<ScanOutcome> _scanned = [];

    private void BeginScans(CancellationToken stop)
    {
        var isOrdered = Interlocked.Exchange(ref _isScanOrdered, 0) != 0;
        var isBegun = false;
        foreach (var seat in _seats.Where(s => s is { Facts: not null, Scanning: null }))
        {
            if (seat.Face is { IsUp: true } face && (isOrdered || seat.Life.WantsScan))
            {
                seat.Scanning = new CancellationTokenSource(ScanLimit, time);
                seat.Life.ScanBegun();
                _counters.Add(WifiCounters.Scans);
                _scans.Add(ScanAsync(seat, seat.Scanning, face.Index, stop));
                isBegun = true;
            }
        }

        // Ordered while none could: a radio that is just getting ready can soon.
        if (isOrdered && !isBegun && _seats.Any(s => s is { Facts.Blocked: "", Plan: not null and not { Role: RadioRole.Off } }))
        {
            Interlocked.Exchange(ref _isScanOrdered, 1);
        }
    }

    private async Task ScanAsync(RadioSeat seat, CancellationTokenSource limit, int interfaceIndex, CancellationToken stop)
    {
        await using var stopping = stop.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        ScanOutcome outcome;
        try
        {
            outcome = new ScanOutcome(seat, limit, await parts.Kernel.ScanAsync(interfaceIndex, limit.Token), null);
        }
        catch (OperationCanceledException)
        {
            outcome = new ScanOutcome(seat, limit, [], $"not answered within {ScanLimit.TotalSeconds:0} s, or the radio went meanwhile");
        }
        catch (IOException e)
        {
            outcome = new ScanOutcome(seat, limit, [], e.Message);
        }

        lock (_scannedLock)
        {
            _scanned.Add(outcome);
        }

        Wake();
    }

    private void TakeScans()
    {
        List<ScanOutcome> outcomes;
        lock (_scannedLock)
        {
            outcomes = [.. _scanned];
            _scanned.Clear();
        }

        foreach (var (seat, limit, heard, fault) in outcomes)
        {
            limit.Dispose();
            (seat.Scanning, seat.Heard) = (null, seat.Facts is null ? [] : heard);
            if (fault is null)
            {
                seat.HeardAt = time.GetUtcNow();
            }
            else
            {
                _counters.Add(WifiCounters.ScanFailures);
            }

            seat.Life.ScanEnded(fault);
        }

        _scans.RemoveAll(s => s.IsCompleted);
    }

    // Heard is empty when there is a fault: what an earlier scan heard is no base for decisions.
    private readonly record struct ScanOutcome(RadioSeat Seat, CancellationTokenSource Limit, IReadOnlyList<HeardNetwork> Heard, string? Fault);
}
