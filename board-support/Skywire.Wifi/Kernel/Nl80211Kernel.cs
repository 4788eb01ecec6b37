// The kernel's radios: nl80211 for what is of the air, rtnetlink for what every interface has, files for drivers and switches.
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

/// <summary>
/// The radios of this machine, or of the network namespace the caller is in. Thread-safe. Nothing is opened before the first call; a kernel without nl80211 has no radios,
/// and gets them when its module comes.
/// </summary>
public sealed partial class Nl80211Kernel : IRadioKernel, IDisposable
{
    private readonly TimeProvider _time;
    private readonly RadioFolders _folders;
    private readonly Func<int, INetlinkSocket> _open;
    private readonly Lock _lock = new();
    private NetlinkConnection? _generic;
    private NetlinkConnection? _route;
    private GenericFamily? _family;
    private bool _isDisposed;

    /// <summary>The radios of this machine.</summary>
    public Nl80211Kernel(TimeProvider time)
        : this(time, RadioFolders.System, protocol => NetlinkSocket.Open(protocol, time))
    {
    }

    /// <summary>With another kernel's files and sockets.</summary>
    internal Nl80211Kernel(TimeProvider time, string folder, Func<int, INetlinkSocket> open) => (_time, _folders, _open) = (time, new RadioFolders(folder), open);

    /// <inheritdoc/>
    public IReadOnlyList<RadioFacts> Radios()
    {
        const string what = "radios cannot be listed";
        if (Family() is not { } family)
        {
            return [];
        }

        var radios = RadioReader.Read(Dump(what, Nl80211Requests.Radios(family)));
        if (radios.Count == 0)
        {
            return [];
        }

        var rules = new RegulatoryReader();
        foreach (var message in Dump(what, Nl80211Requests.Rules(family)))
        {
            rules.Add(message);
        }

        var interfaces = Interfaces(family).ToLookup(one => one.Radio, one => one.Of);
        return [.. radios.Select(radio => radio with
        {
            Driver = _folders.DriverOf(radio.Name),
            Blocked = _folders.BlockOf(radio.Name),
            Country = rules.CountryOf(radio.Index),
            Interfaces = [.. interfaces[radio.Index].OrderBy(one => one.Index)],
        })];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Station> Stations(int interfaceIndex)
    {
        var what = $"stations of interface {interfaceIndex} cannot be listed";
        var stations = new List<Station>();
        foreach (var message in Dump(what, Nl80211Requests.Stations(Needed(what), interfaceIndex)))
        {
            if (StationReader.TryRead(message, out var station))
            {
                stations.Add(station);
            }
        }

        return stations;
    }

    /// <inheritdoc/>
    public IReadOnlyList<MeshPath> Paths(int interfaceIndex)
    {
        var what = $"paths of interface {interfaceIndex} cannot be listed";
        var paths = new List<MeshPath>();
        foreach (var message in Dump(what, Nl80211Requests.Paths(Needed(what), interfaceIndex)))
        {
            if (MeshPathReader.TryRead(message, out var path))
            {
                paths.Add(path);
            }
        }

        return paths;
    }

    /// <inheritdoc/>
    public void SetCountry(string country)
    {
        var what = $"the country was not set to {country}";
        if (country is not [>= 'A' and <= 'Z', >= 'A' and <= 'Z'] and not RegulatoryReader.World)
        {
            throw new RadioException($"{what}: a country is two capital letters", ErrorNumber.Invalid);
        }

        Ask(what, Nl80211Requests.SetCountry(Needed(what), country), "the kernel knows no rules of this country; wireless-regdb has them");
    }

    /// <inheritdoc/>
    public int AddInterface(int radioIndex, string name, InterfaceType type)
    {
        var what = $"interface {name} ({WordOf(type)}) was not made";
        var answer = Ask(what, Nl80211Requests.AddInterface(Needed(what), radioIndex, name, type), $"the radio cannot be {WordOf(type)}, or the name is none");
        return answer.Messages is [var message, ..] && InterfaceReader.TryRead(message, out _, out var made)
            ? made.Index
            : throw new RadioException($"{what}: the kernel did not say which one it made", ErrorNumber.NoDevice);
    }

    /// <inheritdoc/>
    public void DeleteInterface(int interfaceIndex)
    {
        var what = $"interface {interfaceIndex} was not taken away";
        Ask(what, Nl80211Requests.DeleteInterface(Needed(what), interfaceIndex), "it is no interface that can be taken away");
    }

    /// <inheritdoc/>
    public void SetType(int interfaceIndex, InterfaceType type)
    {
        var what = $"interface {interfaceIndex} was not made {WordOf(type)}";
        Ask(what, Nl80211Requests.SetType(Needed(what), interfaceIndex, type), $"the radio cannot be {WordOf(type)}");
    }

    /// <inheritdoc/>
    public void SetUp(int interfaceIndex, bool isUp)
    {
        var what = $"interface {interfaceIndex} was not switched {(isUp ? "on" : "off")}";
        try
        {
            Route().SetUp(interfaceIndex, isUp);
        }
        catch (NetlinkException e)
        {
            throw Refusal.Of(what, e, "the kernel does not take it as it is; its type may not fit the others of its radio");
        }
    }

    /// <inheritdoc/>
    public void SetPowerSave(int interfaceIndex, bool isOn)
    {
        var what = $"power save of interface {interfaceIndex} was not switched {(isOn ? "on" : "off")}";
        try
        {
            Ask(what, Nl80211Requests.SetPowerSave(Needed(what), interfaceIndex, isOn), "the kernel does not take it");
        }
        catch (RadioException e) when (e.ErrorCode == ErrorNumber.NotSupported)
        {
            // What has no power save (meshes, ad-hoc networks, many drivers) sleeps never: as wanted on backhaul, and nothing an operator could change.
        }
    }

    /// <inheritdoc/>
    public void SetMesh(int interfaceIndex, MeshParameters parameters)
    {
        var what = $"mesh parameters of interface {interfaceIndex} were not set";
        Ask(what, Nl80211Requests.SetMesh(Needed(what), interfaceIndex, parameters), "the kernel does not take one of the values");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NetlinkEvents?[] events;
        lock (_lock)
        {
            _isDisposed = true;
            events = [_genericEvents, _routeEvents];
            (_genericEvents, _routeEvents) = (null, null);
        }

        // Not under the lock: the threads may be waiting for it.
        foreach (var one in events)
        {
            one?.Dispose();
        }

        EndWaits();
        lock (_lock)
        {
            _generic?.Dispose();
            _route?.Dispose();
        }
    }

    private static string WordOf(InterfaceType type) => type switch
    {
        InterfaceType.AdHoc => "an ad-hoc station",
        InterfaceType.Station => "a station",
        InterfaceType.AccessPoint => "an access point",
        InterfaceType.MeshPoint => "a mesh point",
        InterfaceType.Monitor => "a monitor",
        _ => $"of type {(int)type}",
    };

    private List<(int Radio, RadioInterface Of)> Interfaces(GenericFamily family)
    {
        const string what = "interfaces cannot be listed";
        Dictionary<int, NetworkLink> links;
        try
        {
            // Interrupted lists may name one twice.
            links = Route().All().GroupBy(link => link.Index).ToDictionary(group => group.Key, group => group.Last());
        }
        catch (NetlinkException e)
        {
            throw Refusal.Of(what, e, e.Message);
        }

        var interfaces = new Dictionary<int, (int, RadioInterface)>();
        foreach (var message in Dump(what, Nl80211Requests.Interfaces(family)))
        {
            if (InterfaceReader.TryRead(message, out var radio, out var of))
            {
                interfaces[of.Index] = (radio, links.TryGetValue(of.Index, out var link) ? of with { IsUp = link.IsUp, HasCarrier = link.HasCarrier } : of);
            }
        }

        return [.. interfaces.Values];
    }

    private NetlinkAnswer Ask(string what, NetlinkWriter request, string invalid)
    {
        try
        {
            return Generic().Request(request);
        }
        catch (NetlinkException e)
        {
            throw Refused(what, e, invalid);
        }
    }

    private IReadOnlyList<byte[]> Dump(string what, NetlinkWriter request)
    {
        try
        {
            return Generic().Dump(request);
        }
        catch (NetlinkException e)
        {
            throw Refused(what, e, "the interface is of another type");
        }
    }

    // A module that was loaded again has another number: it is asked for anew next time.
    private RadioException Refused(string what, NetlinkException e, string invalid)
    {
        if (e.ErrorCode == ErrorNumber.NoEntry)
        {
            lock (_lock)
            {
                _family = null;
            }
        }

        return Refusal.Of(what, e, invalid);
    }

    private GenericFamily Needed(string what) => Family() ?? throw new RadioException($"{what}: the kernel has no radio (nl80211 is missing)", ErrorNumber.NotSupported);

    private GenericFamily? Family()
    {
        lock (_lock)
        {
            // Who listens is told when the family comes. Asking has the kernel look for its module each time.
            if (_family is null && !_isMissingUntilTold)
            {
                _family = FindFamily();
                _isMissingUntilTold = _family is null && _genericEvents is not null;
            }

            return _family;
        }
    }

    private GenericFamily? FindFamily()
    {
        try
        {
            return GenericNetlink.Find(Generic(), Nl80211.FamilyName);
        }
        catch (NetlinkException e)
        {
            throw Refusal.Of("the kernel's radios cannot be found", e, e.Message);
        }
    }

    private NetlinkConnection Generic()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _generic ??= new NetlinkConnection(_open(NetlinkSocket.Generic));
        }
    }

    private NetworkLinks Route()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return new NetworkLinks(_route ??= new NetlinkConnection(_open(NetlinkSocket.Route)));
        }
    }
}
