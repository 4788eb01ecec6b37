// An air with everything in it: a mesh of five boards, a radio that stays off, a network whose name is foreign bytes.
using Skywire.Visor.Api.Model;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Tests.Wifi;

internal static class SampleAir
{
    public const string Cellar = "02:00:00:00:00:02";
    public const string Attic = "02:00:00:00:00:03";
    public const string Shed = "02:00:00:00:00:04";
    public const string Barn = "02:00:00:00:00:05";

    public static DateTimeOffset At { get; } = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    public static WifiReport Report { get; } = new()
    {
        At = At,
        State = "joined",
        Reason = "linked to 2 boards",
        Country = "DE",
        MeshName = "home",
        Radios =
        [
            new RadioReport
            {
                Name = "phy1",
                Driver = "ath9k_htc",
                MacAddress = "02:00:00:00:00:01",
                Interface = "wlan1",
                Types = ["mesh_point", "ad_hoc", "access_point", "station"],
                Role = "backhaul",
                Mode = "mesh",
                PlanReason = "it can be a mesh point with SAE; channel 6 is open under the rules of DE",
                State = "joined",
                Reason = "2 peers let in",
                Since = At.AddMinutes(-12),
                Channel = 6,
                Frequency = 2437,
                Neighbours =
                [
                    new NeighbourReport { MacAddress = Cellar, Signal = -52, SignalHistory = Wave(-52, 90, 4), TransmitRate = 65_000_000, ReceiveRate = 58_500_000, TransmitBytes = 1000, ReceiveBytes = 2000, RetryPercent = 3.2, AirtimeMetric = 182, Peering = "established", IsAuthorized = true, InactiveSeconds = 0.4 },
                    new NeighbourReport { MacAddress = Attic, Signal = -83, SignalHistory = [.. Wave(-79, 20, 9), 0, 0, .. Wave(-83, 12, 5)], TransmitRate = 6_500_000, ReceiveRate = 13_000_000, RetryPercent = 27.4, AirtimeMetric = 1466, Peering = "established", IsAuthorized = true, InactiveSeconds = 2.1 },
                ],
                Paths =
                [
                    new PathReport(Cellar, Cellar, 182, 1, true),
                    new PathReport(Attic, Attic, 1466, 1, true),
                    new PathReport(Shed, Cellar, 395, 2, true),
                    new PathReport(Barn, Cellar, 611, 3, false),
                ],
                Steps = [new StepReport(At.AddMinutes(-12), "joined", "a peer was let in")],
            },
            new RadioReport
            {
                Name = "phy0",
                Driver = "r8723bs",
                Interface = "wlan0",
                Types = ["ad_hoc", "access_point", "station"],
                Role = "off",
                Mode = "none",
                PlanReason = "phy1 links boards better; one backhaul is enough on one band",
                State = "off",
                Reason = "not used",
                Since = At.AddMinutes(-13),
            },
        ],
        Heard =
        [
            new HeardReport(Cellar, "home", "mesh_point", 6, -52, true, true),
            new HeardReport("12:34:56:78:9a:bc", "<b>Guest</b> & friends", "access_point", 11, -67, false, false),
            new HeardReport("12:34:56:78:9a:bd", "", "access_point", 36, -88, true, false),
        ],
        HeardAt = At.AddSeconds(-40),
        Counters = new Dictionary<string, long> { ["joins"] = 3, ["losses"] = 1, ["Not A Name"] = 9 },
    };

    public static WifiView View { get; } = WifiView.Of(Report, isRunning: true);

    private static int[] Wave(int middle, int count, int height) => [.. Enumerable.Range(0, count).Select(i => middle + (int)(height * Math.Sin(i / 4.0)) + (i % 3))];
}
