// The account that the runner gives: written when something changed, and as a sign of life.
using Skywire.Wifi.Life;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Running;

public sealed partial class WifiRunner
{
    private const int MostHeard = 64;
    private const int MostNeighbours = 64;
    private static readonly TimeSpan ReportRest = TimeSpan.FromSeconds(1);

    private WifiReport? _last;
    private SetupReport? _setupReport;
    private string _told = "";
    private long _reportedAt;
    private long _sampledAt;
    private bool _hasSampled;

    private void Report()
    {
        _setupReport = _claim?.Report ?? _setupReport;
        if (!_hasSampled || time.GetElapsedTime(_sampledAt) >= SignalHistory.Every)
        {
            (_hasSampled, _sampledAt) = (true, time.GetTimestamp());
            foreach (var seat in _seats)
            {
                seat.Signals.Sample(seat.Life.Neighbours);
            }
        }

        var report = Make();
        var words = Words(report);
        if (_last is not null && time.GetElapsedTime(_reportedAt) < (words == _told ? SignalHistory.Every : ReportRest))
        {
            return;
        }

        (_last, _told, _reportedAt) = (report, words, time.GetTimestamp());
        parts.Publish(report);
    }

    private WifiReport Make()
    {
        var (state, reason) = Air();
        var own = OwnAddresses();
        return new WifiReport
        {
            At = time.GetUtcNow(),
            State = state.Word(),
            Reason = reason,
            Country = _seats.FirstOrDefault(s => s.Facts is not null)?.Facts!.Country ?? (_country.Length > 0 ? _country : "00"),
            MeshName = _wishes.MeshName,
            Radios = [.. _seats.Select(Make)],
            Heard = [.. Heard(own)],
            HeardAt = _seats.Max(s => s.HeardAt),
            Setup = _setupReport,
            Counters = _counters.All(),
        };
    }

    // The best that any radio says; setup above all, for it is what a person waits for.
    private (AirState State, string Reason) Air()
    {
        if (_fault.Length > 0)
        {
            return (AirState.NoRadio, _fault);
        }

        var present = _seats.Where(s => s.Facts is not null).ToList();
        if (present.Count == 0)
        {
            return (AirState.NoRadio, _seats.Count == 0 ? "no radio" : "the radio is gone");
        }

        if (present.Find(s => s.Plan?.Role == RadioRole.Setup) is { } setup)
        {
            return (AirState.Setup, setup.Life.Reason);
        }

        return present.Find(s => s.Plan?.Role == RadioRole.Backhaul) is { } backhaul
            ? (backhaul.Life.State, backhaul.Life.Reason)
            : (present.TrueForAll(s => ModeChoice.Of(s.Facts!).Mode == LinkMode.None) ? AirState.NoRadio : AirState.Off, present[0].Plan?.Reason ?? "");
    }

    private IEnumerable<HeardReport> Heard(HashSet<string> own)
    {
        var plan = _seats.Find(s => s.Plan?.Role == RadioRole.Backhaul);
        var mode = plan?.Plan!.Mode ?? LinkMode.None;
        return _seats.SelectMany(s => s.Heard.Select(h => (Seat: s, Network: h))).Where(h => !own.Contains(TreeChoice.Key(h.Network.MacAddress)))
            .OrderByDescending(h => h.Network.Signal).ThenBy(h => h.Network.MacAddress, StringComparer.Ordinal).DistinctBy(h => h.Network.MacAddress).Take(MostHeard)
            .Select(h => new HeardReport(h.Network.MacAddress, h.Network.Name, h.Network.Type.Word(), Number(h.Seat.LastFacts, h.Network.Frequency), h.Network.Signal, h.Network.IsSecured,
                ChannelChoice.IsOurs(h.Network, _wishes.MeshName, mode)));
    }

    private static RadioReport Make(RadioSeat seat)
    {
        var frequency = seat.Face?.Frequency is > 0 and { } used ? used : seat.Plan is { Role: not RadioRole.Off } plan ? plan.Frequency : 0;
        return new RadioReport
        {
            Name = seat.LastFacts.Name,
            Driver = seat.LastFacts.Driver,
            MacAddress = seat.LastFacts.MacAddress,
            Interface = seat.Plan is { Role: not RadioRole.Off } ? seat.Life.Interface : "",
            Types = seat.LastFacts.Types.Words(),
            Role = (seat.Plan?.Role ?? RadioRole.Off).Word(),
            Mode = (seat.Plan is null ? LinkMode.None : seat.Life.Mode).Word(),
            PlanReason = seat.Plan?.Reason ?? "the radio is gone",
            State = seat.Life.State.Word(),
            Reason = seat.Life.Reason,
            Since = seat.Life.Since,
            Channel = Number(seat.LastFacts, frequency),
            Frequency = frequency,
            Depth = seat.Life.Depth,
            Neighbours = [.. seat.Life.Neighbours.Take(MostNeighbours).Select(n => Make(n, seat.Signals))],
            Paths = [.. seat.Paths.Take(MostNeighbours).Select(p => new PathReport(p.Destination, p.NextHop, p.Metric, p.Hops, p.IsActive))],
            Steps = seat.Life.Steps,
        };
    }

    private static NeighbourReport Make(Station station, SignalHistory signals) => new()
    {
        MacAddress = station.MacAddress,
        Signal = station.SignalAverage != 0 ? station.SignalAverage : station.Signal,
        SignalHistory = signals.Of(station.MacAddress),
        TransmitRate = station.TransmitRate,
        ReceiveRate = station.ReceiveRate,
        TransmitBytes = station.TransmitBytes,
        ReceiveBytes = station.ReceiveBytes,
        RetryPercent = station.TransmitPackets > 0 ? Math.Round(100.0 * station.Retries / (station.TransmitPackets + station.Retries), 1) : 0,
        AirtimeMetric = station.AirtimeMetric,
        Peering = station.Peering.Word(),
        IsAuthorized = station.IsAuthorized,
        InactiveSeconds = Math.Round(station.Inactive.TotalSeconds, 1),
    };

    private static int Number(RadioFacts facts, int frequency) => ChannelChoice.Find(facts, frequency)?.Number ?? 0;

    // What a reader waits for; counts of bytes and signals change always and can wait.
    private static string Words(WifiReport report)
        => string.Join('\n', report.Radios.Select(r => $"{r.Name} {r.Role} {r.Mode} {r.State} {r.Reason} {r.Interface} {r.Channel} {r.Depth} {string.Join(',', r.Neighbours.Select(n => n.MacAddress + n.Peering).Order(StringComparer.Ordinal))} {(r.Steps.Count > 0 ? r.Steps[^1] : null)}")
            .Append($"{report.State} {report.Reason} {report.Country} {report.MeshName} {report.HeardAt} {report.Setup}"));
}
