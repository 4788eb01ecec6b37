// A simulated medium: who hears whom, and what groups, peerings and associations come of it. Virtual time, one thread.
using Skywire.Testing;
using Skywire.Wifi.Control;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Tests.Air;

internal sealed class SimAir : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PeeringTime = TimeSpan.FromSeconds(1.5);

    private readonly SimulationRun _run;
    private readonly ITimer _timer;
    private readonly Dictionary<(AirSupplicant, AirSupplicant), TimeSpan> _peerings = [];
    private readonly HashSet<(SimNode, SimNode)> _cuts = [];

    public SimAir(SimulationRun run)
    {
        _run = run;
        _timer = run.Time.CreateTimer(_ => Step(), null, Tick, Tick);
    }

    public VirtualTime Time => _run.Time;

    public SimulationEntropy Entropy => _run.Entropy;

    public List<SimNode> Nodes { get; } = [];

    /// <summary>Signal between boards in reach, dBm.</summary>
    public int Signal { get; set; } = -55;

    /// <summary>What may never happen and did.</summary>
    public List<string> Violations { get; } = [];

    public static WifiWishes Wishes => new() { Country = "DE", MeshName = "home", Passphrase = "0123456789abcdef0123456789abcdef" };

    public SimNode Add(RadioFacts radio, WifiWishes? wishes = null) => Add(wishes, radio);

    public SimNode Add(WifiWishes? wishes, params RadioFacts[] radios)
    {
        var node = new SimNode(this, $"node{Nodes.Count}", wishes ?? Wishes, radios);
        Nodes.Add(node);
        node.Start();
        return node;
    }

    public void Trace(string line) => _run.Trace(line);

    public void Cut(SimNode one, SimNode other, bool isCut)
    {
        var pair = Nodes.IndexOf(one) < Nodes.IndexOf(other) ? (one, other) : (other, one);
        _ = isCut ? _cuts.Add(pair) : _cuts.Remove(pair);
    }

    public Task Wait(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Time);

    /// <summary>Waits until it holds; false when it does not within the time.</summary>
    public async Task<bool> Until(Func<bool> holds, double seconds)
    {
        var limit = Time.Elapsed + TimeSpan.FromSeconds(seconds);
        while (!holds())
        {
            if (Time.Elapsed >= limit)
            {
                return false;
            }

            await Wait(0.5);
        }

        return true;
    }

    /// <summary>Stops every board and says what was left behind.</summary>
    public async Task<List<string>> StopAsync()
    {
        foreach (var node in Nodes)
        {
            await node.StopAsync();
        }

        _timer.Dispose();
        return
        [
            .. Nodes.SelectMany(n => n.Supplicants.Keys.Select(k => $"{n.Name}: a supplicant of {k}")),
            .. Nodes.SelectMany(n => n.Radios.SelectMany(r => r.Faces.Skip(1).Select(f => $"{n.Name}: interface {f.Name}"))),
            .. Nodes.Where(n => n.ScansUnderWay > 0).Select(n => $"{n.Name}: a scan"),
            .. Time.PendingTimers > 0 ? (string[])[$"{Time.PendingTimers} timers"] : [],
            .. Violations,
        ];
    }

    public bool InReach(AirRadio one, AirRadio other)
        => one != other && one.Node.Groups.Overlaps(other.Node.Groups) && !_cuts.Contains((one.Node, other.Node)) && !_cuts.Contains((other.Node, one.Node)) && one is { IsPlugged: true, Blocked: false } && other is { IsPlugged: true, Blocked: false };

    public (AirFace Face, AirSupplicant Supplicant)? AccessPoint(AirRadio radio, SupplicantNetwork network)
        => Nodes.SelectMany(n => n.Live(s => s.Network.Type == InterfaceType.AccessPoint && s.Network.Name == network.Name))
            .Where(g => InReach(radio, g.Radio) && (network.MacAddress.Length == 0 || network.MacAddress == g.Face.MacAddress)).Select(g => ((AirFace, AirSupplicant)?)(g.Face, g.Supplicant)).FirstOrDefault();

    public IReadOnlyList<Station> Stations(AirRadio radio, AirFace face, AirSupplicant own) => own.Network.Type switch
    {
        InterfaceType.Station => [.. Nodes.SelectMany(n => n.Live(s => s == own.Parent)).Select(g => Link(g.Face.MacAddress, PeeringState.Listen))],
        InterfaceType.AccessPoint => [.. Nodes.SelectMany(n => n.Live(s => s.Parent == own)).Select(g => Link(g.Face.MacAddress, PeeringState.Listen))],
        _ => [.. Groups(own.Network.Type).Where(g => _peerings.TryGetValue((own, g.Supplicant), out var since) && Time.Elapsed - since >= PeeringTime).Select(g => Link(g.Face.MacAddress, own.Network.Type == InterfaceType.MeshPoint ? PeeringState.Established : PeeringState.Listen))],
    };

    public IReadOnlyList<HeardNetwork> Heard(AirRadio radio)
        => [.. Nodes.SelectMany(n => n.Live(s => s.Network.Type != InterfaceType.Station)).Where(g => InReach(radio, g.Radio)).Select(g => new HeardNetwork
        {
            MacAddress = g.Face.MacAddress,
            Type = g.Supplicant.Network.Type,
            Name = g.Supplicant.Network.Name,
            Frequency = g.Supplicant.Network.Frequency,
            Signal = Signal,
            IsSecured = g.Supplicant.Network.Passphrase.Length > 0,
            Tree = g.Supplicant.Network.Tree,
        })];

    public void Dispose() => _timer.Dispose();

    private Station Link(string address, PeeringState peering) => new() { MacAddress = address, Signal = Signal, SignalAverage = Signal, Peering = peering, IsAuthorized = true };

    private List<(AirRadio Radio, AirFace Face, AirSupplicant Supplicant)> Groups(InterfaceType type) => [.. Nodes.SelectMany(n => n.Live(s => s.Network.Type == type))];

    private void Step()
    {
        var now = Time.Elapsed;
        foreach (var node in Nodes)
        {
            node.Step(now);
        }

        Peer([.. Groups(InterfaceType.MeshPoint), .. Groups(InterfaceType.AdHoc)], now);
        LookForViolations();
    }

    private void Peer(List<(AirRadio Radio, AirFace Face, AirSupplicant Supplicant)> points, TimeSpan now)
    {
        HashSet<(AirSupplicant, AirSupplicant)> kept = [];
        foreach (var a in points)
        {
            foreach (var b in points.Where(b => b.Supplicant.Network.Type == a.Supplicant.Network.Type && b.Supplicant.Network.Name == a.Supplicant.Network.Name && b.Supplicant.Network.Frequency == a.Supplicant.Network.Frequency && InReach(a.Radio, b.Radio)))
            {
                if (a.Supplicant.Network.Passphrase != b.Supplicant.Network.Passphrase)
                {
                    a.Supplicant.Refuse(b.Face.MacAddress, now);
                    continue;
                }

                kept.Add((a.Supplicant, b.Supplicant));
                if (_peerings.TryAdd((a.Supplicant, b.Supplicant), now))
                {
                    a.Supplicant.Tell(SupplicantEventKind.PeerJoined, b.Face.MacAddress, "peer");
                }
            }
        }

        foreach (var gone in _peerings.Keys.Where(k => !kept.Contains(k)).ToList())
        {
            _peerings.Remove(gone);
            gone.Item1.Tell(SupplicantEventKind.PeerLeft, "", "peer");
            Nodes.ForEach(n => n.Notify());
        }
    }

    private void LookForViolations()
    {
        foreach (var node in Nodes)
        {
            foreach (var radio in node.Live(_ => true).GroupBy(g => g.Radio))
            {
                if (radio.Select(g => g.Face.Frequency).Distinct().Count() > 1)
                {
                    Violations.Add($"{Time.Elapsed} {node.Name}: one radio on several channels");
                }
            }

            if (Loops(node))
            {
                Violations.Add($"{Time.Elapsed} {node.Name}: a loop in the tree");
            }
        }
    }

    // Follows the real associations, not what marks say.
    private bool Loops(SimNode node)
    {
        var at = node;
        for (var hops = 0; hops <= Nodes.Count; hops++)
        {
            var parent = at.Live(s => s.Parent is not null).Select(s => s.Supplicant.Parent).FirstOrDefault();
            if (parent is null)
            {
                return false;
            }

            at = Nodes.Find(n => n.Supplicants.Values.Contains(parent));
            if (at is null)
            {
                return false;
            }
        }

        return true;
    }
}
