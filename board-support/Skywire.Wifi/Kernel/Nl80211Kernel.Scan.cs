// Listening on all channels. The kernel does it in its own time and tells when it is done; what it heard is asked afterwards.
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

public sealed partial class Nl80211Kernel
{
    /// <summary>Time limit of a scan. Passive on 2.4 and 5 GHz takes three to six seconds, twice that on a radio that works between.</summary>
    public static readonly TimeSpan ScanLimit = TimeSpan.FromSeconds(20);

    private readonly List<ScanWait> _waits = [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HeardNetwork>> ScanAsync(int interfaceIndex, CancellationToken cancellationToken)
    {
        var what = $"interface {interfaceIndex} did not scan";
        cancellationToken.ThrowIfCancellationRequested();
        Listen();
        var family = Needed(what);
        var (radio, isUp) = Look(what, family, interfaceIndex);
        if (!isUp)
        {
            SetUp(interfaceIndex, true);
        }

        try
        {
            await ScanAsync(what, family, radio, interfaceIndex, cancellationToken);
            return Heard(what, family, interfaceIndex);
        }
        finally
        {
            if (!isUp)
            {
                SwitchBack(interfaceIndex);
            }
        }
    }

    private async Task ScanAsync(string what, GenericFamily family, int radio, int interfaceIndex, CancellationToken cancellationToken)
    {
        var wait = new ScanWait(radio);
        lock (_lock)
        {
            _waits.Add(wait);
        }

        try
        {
            var isBusy = false;
            try
            {
                Generic().Request(Nl80211Requests.Scan(family, interfaceIndex));
            }
            catch (NetlinkException e) when (e.ErrorCode == ErrorNumber.Busy)
            {
                // A scan of another program or interface is under way: what it hears is heard by all.
                isBusy = true;
            }
            catch (NetlinkException e) when (e.ErrorCode == ErrorNumber.NotSupported)
            {
                // This type cannot listen elsewhere (access points of most drivers). What others heard is what there is.
                return;
            }
            catch (NetlinkException e)
            {
                throw Refused(what, e, "the kernel allows no channel for it");
            }

            try
            {
                await wait.Ended.WaitAsync(ScanLimit, _time, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw isBusy
                    ? new RadioException($"{what}: the radio was busy for {ScanLimit.TotalSeconds:0} s", ErrorNumber.Busy)
                    : new RadioException($"{what}: it did not end within {ScanLimit.TotalSeconds:0} s", ErrorNumber.TimedOut);
            }
        }
        finally
        {
            lock (_lock)
            {
                _waits.Remove(wait);
            }
        }
    }

    private (int Radio, bool IsUp) Look(string what, GenericFamily family, int interfaceIndex)
    {
        try
        {
            var answer = Generic().Request(Nl80211Requests.Interface(family, interfaceIndex));
            if (answer.Messages is [var message, ..] && InterfaceReader.TryRead(message, out var radio, out _) && Route().Find(interfaceIndex) is { } link)
            {
                return (radio, link.IsUp);
            }
        }
        catch (NetlinkException e)
        {
            throw Refused(what, e, "it is no interface of a radio");
        }

        throw new RadioException($"{what}: the interface is gone", ErrorNumber.NoDevice);
    }

    // Lists that changed while they were read name a network twice.
    private List<HeardNetwork> Heard(string what, GenericFamily family, int interfaceIndex)
    {
        var heard = new Dictionary<(string, int, string), HeardNetwork>();
        foreach (var message in Dump(what, Nl80211Requests.Heard(family, interfaceIndex)))
        {
            if (ScanReader.TryRead(message, out var network))
            {
                heard[(network.MacAddress, network.Frequency, network.Name)] = network;
            }
        }

        return [.. heard.Values.OrderByDescending(network => network.Signal)];
    }

    private void SwitchBack(int interfaceIndex)
    {
        try
        {
            SetUp(interfaceIndex, false);
        }
        catch (RadioException)
        {
            // It was unplugged meanwhile, or something else took it away; there is nothing left to switch off.
        }
    }

    // Null: all of them, for what was told may be lost.
    private void EndWaits(int? radio = null)
    {
        ScanWait[] waits;
        lock (_lock)
        {
            waits = [.. _waits.Where(wait => radio is null || wait.Radio == radio)];
        }

        foreach (var wait in waits)
        {
            wait.End();
        }
    }

    private sealed class ScanWait(int radio)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Radio { get; } = radio;

        public Task Ended => _ended.Task;

        public void End() => _ended.TrySetResult();
    }
}
