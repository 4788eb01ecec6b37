// Scans: the one long question to the kernel. Each is an owned task whose end wakes the loop, which looks on meanwhile.
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Running;

public sealed partial class WifiRunner
{
    // All channels passively take 4 s on two bands; a driver that has lost an answer must not hold the radio's scans for ever.
    private static readonly TimeSpan ScanLimit = TimeSpan.FromSeconds(30);

    // A few times within the wait for a cable.
    private static readonly TimeSpan SetupListenEvery = TimeSpan.FromSeconds(12);

    private void Scan(CancellationToken stop)
    {
        _scans.RemoveAll(s => s.IsCompleted);
        var isOrdered = Interlocked.Exchange(ref _isScanOrdered, 0) != 0;
        var isLeft = false;
        foreach (var seat in _seats.Where(s => s is { Facts: not null, Scanning: null }))
        {
            var isForSetup = IsSetupListening(seat);
            if ((isForSetup ? seat.FirstFace : seat.Face) is { } face && (isForSetup || (face.IsUp && (isOrdered || seat.Life.WantsScan))))
            {
                _scans.Add(ScanAsync(seat, face.Index, stop));
                isLeft = true;
            }
        }

        // Ordered while no radio could: one whose interface is just made can soon.
        if (isOrdered && !isLeft && _seats.Any(s => s.Facts is { Blocked: "" } && s.Plan?.Role != Wifi.Plan.RadioRole.Off))
        {
            Interlocked.Exchange(ref _isScanOrdered, 1);
        }
    }

    // Somebody is going to be asked which mesh to join: before the access point opens, the radio is free to listen.
    private bool IsSetupListening(RadioSeat seat)
        => _claim is { Network: null, Report.Phase: "waiting" } && seat.Plan?.Role == Wifi.Plan.RadioRole.Off && seat.Facts!.Blocked.Length == 0
            && (seat.HeardAt is not { } at || (time.GetUtcNow() - at).Duration() >= SetupListenEvery);

    private async Task ScanAsync(RadioSeat seat, int interfaceIndex, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(ScanLimit, time);
        await using var stopping = stop.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        seat.Scanning = limit;
        seat.Life.ScanBegun();
        _counters.Add(WifiCounters.Scans);
        string? fault = null;
        try
        {
            seat.Heard = await parts.Kernel.ScanAsync(interfaceIndex, limit.Token);
            seat.HeardAt = time.GetUtcNow();
            Volatile.Write(ref _heard, [.. _seats.SelectMany(s => s.Heard)]);
        }
        catch (OperationCanceledException)
        {
            fault = stop.IsCancellationRequested || seat.Facts is null ? "ended with the radio" : $"no answer within {ScanLimit.TotalSeconds:0} s";
        }
        catch (IOException e)
        {
            fault = e.Message;
        }

        seat.Scanning = null;
        if (fault is not null)
        {
            seat.Heard = [];
            _counters.Add(WifiCounters.ScanFailures);
        }

        seat.Life.ScanEnded(fault);
        Wake();
    }
}
