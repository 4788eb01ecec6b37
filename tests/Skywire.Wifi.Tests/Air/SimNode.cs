// One board on the simulated air: its kernel, its wpa_supplicants and the real wifi service on them.
using Skywire.Testing;
using Skywire.Wifi.Control;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Running;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Tests.Air;

internal sealed class SimNode : IRadioKernel, ISupplicants
{
    private readonly SimAir _air;
    private readonly SimulationEntropy _entropy;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, AirSupplicant> _supplicants = new(StringComparer.Ordinal);
    private Task? _running;
    private int _nextFace = 100;
    private int _nextPhy = 10;

    public SimNode(SimAir air, string name, WifiWishes wishes, params RadioFacts[] radios)
    {
        _air = air;
        _entropy = air.Entropy.For(name);
        Name = name;
        Wishes = wishes;
        Radios = [.. radios.Select(r => new AirRadio(this, r))];
    }

    public event Action? Changed;

    public string Name { get; }

    public WifiWishes Wishes { get; set; }

    public SetupClaim? Claim { get; set; }

    public List<AirRadio> Radios { get; }

    /// <summary>Groups of reach: two boards hear each other when they share one.</summary>
    public HashSet<int> Groups { get; } = [0];

    public WifiReport? Report { get; private set; }

    public int Reports { get; private set; }

    public WifiRunner? Runner { get; private set; }

    /// <summary>Calls that are refused from now on, by name of the member.</summary>
    public Dictionary<string, string> Refusals { get; } = [];

    public bool LosesScans { get; set; }

    /// <summary>The driver refuses to scan with an access point.</summary>
    public bool IsDeafAsAccessPoint { get; set; }

    public int ScansUnderWay { get; private set; }

    public string Country { get; private set; } = "";

    public IReadOnlyDictionary<string, AirSupplicant> Supplicants => _supplicants;

    public string State => Report?.State ?? "";

    public RadioReport Radio => Report!.Radios.FirstOrDefault(r => r.State != "no_radio") ?? Report.Radios[0];

    public void Start()
    {
        Runner = new WifiRunner(
            new WifiParts
            {
                Kernel = this,
                Supplicants = this,
                Wishes = () => Wishes,
                Random = _entropy.NextDouble,
                Setup = () => Claim,
                Publish = report =>
                {
                    (Report, Reports) = (report, Reports + 1);
                    _air.Trace($"{Name} {report.State}: {report.Reason}");
                },
            },
            _air.Time);
        _running = Runner.RunAsync(_stop.Token);
    }

    public async Task StopAsync()
    {
        _stop.Cancel();
        await _running!;
        _stop.Dispose();
    }

    public bool Step(TimeSpan now)
    {
        var isChanged = false;
        foreach (var (name, supplicant) in _supplicants)
        {
            var (radio, face) = Find(name);
            isChanged |= supplicant.Step(_air, radio ?? Radios[0], radio is { IsPlugged: true } ? face : null, now);
        }

        if (isChanged)
        {
            Changed?.Invoke();
        }

        return isChanged;
    }

    public void Notify() => Changed?.Invoke();

    public IEnumerable<(AirRadio Radio, AirFace Face, AirSupplicant Supplicant)> Live(Func<AirSupplicant, bool> isWanted)
        => _supplicants.Where(s => s.Value.IsUp && isWanted(s.Value)).Select(s => (Find(s.Key), s.Value)).Where(s => s.Item1.Radio is { IsPlugged: true, Blocked: false } && s.Item1.Face is { IsUp: true }).Select(s => (s.Item1.Radio!, s.Item1.Face!, s.Value));

    public AirFace Plug(AirRadio radio, string interfaceName)
    {
        PlugBare(radio);
        return AddFace(radio, interfaceName);
    }

    /// <summary>The radio is there, its driver has made no interface yet.</summary>
    public void PlugBare(AirRadio radio)
    {
        radio.Index = _nextPhy++;
        radio.Faces.Clear();
        radio.IsPlugged = true;
        Notify();
    }

    /// <summary>The driver makes an interface.</summary>
    public AirFace AddFace(AirRadio radio, string interfaceName)
    {
        radio.Faces.Add(new AirFace(_nextFace++, interfaceName, radio.Template.MacAddress));
        Notify();
        return radio.Faces[^1];
    }

    public void Unplug(AirRadio radio)
    {
        radio.IsPlugged = false;
        radio.Faces.Clear();
        Notify();
    }

    IReadOnlyList<RadioFacts> IRadioKernel.Radios()
    {
        Check("Radios");
        return [.. Radios.Where(r => r.IsPlugged).Select(r => r.Facts())];
    }

    public IReadOnlyList<Station> Stations(int interfaceIndex)
    {
        Check("Stations");
        var (radio, face) = Need(interfaceIndex);
        return _supplicants.GetValueOrDefault(face.Name) is { IsUp: true } own ? _air.Stations(radio, face, own) : [];
    }

    public IReadOnlyList<MeshPath> Paths(int interfaceIndex)
        => [.. Stations(interfaceIndex).Select(s => new MeshPath { Destination = s.MacAddress, NextHop = s.MacAddress, Metric = 100, Hops = 1, IsActive = true })];

    public async Task<IReadOnlyList<HeardNetwork>> ScanAsync(int interfaceIndex, CancellationToken cancellationToken)
    {
        Check("ScanAsync");
        var (radio, face) = Need(interfaceIndex);
        if (!face.IsUp)
        {
            throw new RadioException("a scan needs an interface that is switched on", 100);
        }

        if (IsDeafAsAccessPoint && face.Type == InterfaceType.AccessPoint)
        {
            throw new RadioException("an access point does not scan", 95);
        }

        ScansUnderWay++;
        try
        {
            await Task.Delay(LosesScans ? TimeSpan.FromDays(1) : TimeSpan.FromSeconds(3), _air.Time, cancellationToken);
            Need(interfaceIndex);
            return _air.Heard(radio);
        }
        finally
        {
            ScansUnderWay--;
        }
    }

    public void SetCountry(string country)
    {
        Check("SetCountry");
        Country = country;
    }

    public int AddInterface(int radioIndex, string name, InterfaceType type)
    {
        Check("AddInterface");
        var radio = Radios.Find(r => r.IsPlugged && r.Index == radioIndex) ?? throw new RadioException("no such radio", 19);
        if (Radios.Any(r => r.Faces.Any(f => f.Name == name)))
        {
            throw new RadioException($"{name} is there already", 17);
        }

        if (radio.Faces.Count > 0 && !radio.Template.Combinations.Any(c => c.Allows([.. radio.Faces.Select(f => f.Type), type])))
        {
            throw new RadioException("the radio cannot be both at once", 16);
        }

        radio.Faces.Add(new AirFace(_nextFace++, name, "06" + radio.Template.MacAddress[2..]) { Type = type });
        return radio.Faces[^1].Index;
    }

    public void DeleteInterface(int interfaceIndex)
    {
        Check("DeleteInterface");
        var (radio, face) = Need(interfaceIndex);
        radio.Faces.Remove(face);
    }

    public void SetType(int interfaceIndex, InterfaceType type) => Need(interfaceIndex).Face.Type = type;

    public void SetUp(int interfaceIndex, bool isUp)
    {
        Check("SetUp");
        var (radio, face) = Need(interfaceIndex);
        face.IsUp = isUp && radio.Blocked ? throw new RadioException("blocked by a switch (rfkill)", 132) : isUp;
    }

    public void SetPowerSave(int interfaceIndex, bool isOn)
    {
        Check("SetPowerSave");
        Need(interfaceIndex).Face.HasPowerSave = isOn;
    }

    public void SetMesh(int interfaceIndex, MeshParameters parameters)
    {
        Check("SetMesh");
        Need(interfaceIndex).Face.Mesh = parameters;
    }

    void ISupplicants.Start(string interfaceName, SupplicantNetwork network)
    {
        Check("Start");
        if (_supplicants.GetValueOrDefault(interfaceName) is { IsRunning: true } running && running.Network == network)
        {
            return;
        }

        _supplicants[interfaceName] = new AirSupplicant(network, _air.Time.Elapsed, _supplicants.GetValueOrDefault(interfaceName)?.Numbers ?? 0);
    }

    void ISupplicants.Stop(string interfaceName)
    {
        Check("Stop");
        if (_supplicants.Remove(interfaceName) && Find(interfaceName).Face is { } face)
        {
            (face.IsUp, face.Frequency, face.Type) = (false, 0, InterfaceType.Station);
        }
    }

    SupplicantState ISupplicants.State(string interfaceName) => _supplicants.GetValueOrDefault(interfaceName)?.State(_air.Time.Elapsed) ?? new SupplicantState();

    private (AirRadio? Radio, AirFace? Face) Find(string name)
        => Radios.SelectMany(r => r.Faces.Select(f => (Radio: (AirRadio?)r, Face: (AirFace?)f))).FirstOrDefault(f => f.Face!.Name == name);

    private (AirRadio Radio, AirFace Face) Need(int index)
        => Radios.Where(r => r.IsPlugged).SelectMany(r => r.Faces.Select(f => (r, f))).Where(f => f.f.Index == index).Select(f => ((AirRadio, AirFace)?)f).FirstOrDefault() ?? throw new RadioException("no such interface", 19);

    private void Check(string member)
    {
        if (Refusals.TryGetValue(member, out var reason))
        {
            throw new RadioException(reason, 16);
        }
    }
}
