// A simulated wpa_supplicant: one process, one network, as slow as a real one.
using Skywire.Wifi.Control;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Tests.Air;

internal sealed class AirSupplicant(SupplicantNetwork network, TimeSpan started, long numbers)
{
    private readonly List<SupplicantEvent> _events = [];
    private TimeSpan _upSince = TimeSpan.MaxValue;
    private bool _hasSwitchedOn;
    private bool _wasDown;
    private TimeSpan _refusedAt;

    public SupplicantNetwork Network => network;

    public TimeSpan Started => started;

    public long Numbers { get; private set; } = numbers;

    public bool IsRunning { get; private set; } = true;

    public string Phase { get; private set; } = "";

    public string Fault { get; private set; } = "";

    /// <summary>The access point's process a station is linked to.</summary>
    public AirSupplicant? Parent { get; private set; }

    /// <summary>When the other side was last there, for beacon loss.</summary>
    public TimeSpan ParentHeard { get; private set; }

    public bool IsUp => IsRunning && Phase == "COMPLETED";

    public SupplicantState State(TimeSpan now) => new() { IsRunning = IsRunning && now - started >= TimeSpan.FromMilliseconds(300), Phase = Phase, Fault = Fault, Events = [.. _events] };

    public void Crash(string fault)
    {
        (IsRunning, Phase, Fault, Parent) = (false, "", fault, null);
    }

    public void Tell(SupplicantEventKind kind, string address, string text)
    {
        _events.Add(new SupplicantEvent(++Numbers, kind, address, text));
        if (_events.Count > 32)
        {
            _events.RemoveAt(0);
        }
    }

    public void Refuse(string address, TimeSpan now)
    {
        if (now - _refusedAt >= TimeSpan.FromSeconds(5))
        {
            _refusedAt = now;
            Tell(SupplicantEventKind.PeerRefused, address, "authentication failed");
        }
    }

    /// <summary>One moment. True when something changed.</summary>
    public bool Step(SimAir air, AirRadio radio, AirFace? face, TimeSpan now)
    {
        var before = (IsRunning, Phase, Numbers);
        if (!IsRunning || now - started < TimeSpan.FromMilliseconds(300))
        {
            return false;
        }

        if (face is null)
        {
            Tell(SupplicantEventKind.InterfaceLost, "", "interface removed");
            Crash("the interface was removed");
        }
        else if (!face.IsUp && (_hasSwitchedOn || radio.Blocked))
        {
            if (!_wasDown)
            {
                Tell(SupplicantEventKind.InterfaceLost, "", "interface disabled");
            }

            (_wasDown, Phase, _upSince, Parent) = (true, "INTERFACE_DISABLED", TimeSpan.MaxValue, null);
        }
        else
        {
            (face.IsUp, _hasSwitchedOn, _wasDown) = (true, true, false);
            if (network.Type == InterfaceType.Station)
            {
                face.Type = InterfaceType.Station;
                StepStation(air, radio, face, now);
            }
            else
            {
                StepGroup(radio, face, now);
            }
        }

        return before != (IsRunning, Phase, Numbers);
    }

    private void StepGroup(AirRadio radio, AirFace face, TimeSpan now)
    {
        if (Phase == "COMPLETED")
        {
            return;
        }

        if (!radio.IsOpen(network.Frequency))
        {
            if (_upSince == TimeSpan.MaxValue)
            {
                (_upSince, Phase) = (TimeSpan.MinValue, "SCANNING");
                Tell(SupplicantEventKind.Refused, "", $"{network.Frequency} MHz may not be used");
            }

            return;
        }

        _upSince = _upSince == TimeSpan.MaxValue ? now : _upSince;
        Phase = "SCANNING";
        if (now - _upSince >= TimeSpan.FromSeconds(0.7))
        {
            (Phase, face.Type, face.Frequency) = ("COMPLETED", network.Type, network.Frequency);
            Tell(SupplicantEventKind.Up, "", "group started");
        }
    }

    private void StepStation(SimAir air, AirRadio radio, AirFace face, TimeSpan now)
    {
        var point = air.AccessPoint(radio, network);
        if (Phase == "COMPLETED")
        {
            if (point is { } there && there.Supplicant == Parent)
            {
                ParentHeard = now;
            }
            else if (point is not null || now - ParentHeard >= TimeSpan.FromSeconds(3))
            {
                // A new process at the same address sends deauthentication; one that is gone is missed after some beacons.
                (Phase, Parent, face.Frequency, _upSince) = ("SCANNING", null, 0, TimeSpan.MaxValue);
                Tell(SupplicantEventKind.Down, network.MacAddress, "disconnected");
            }

            return;
        }

        Phase = "SCANNING";
        if (point is not { } found)
        {
            _upSince = TimeSpan.MaxValue;
            return;
        }

        if (found.Supplicant.Network.Passphrase != network.Passphrase || found.Supplicant.Network.IsSae != network.IsSae)
        {
            Refuse(found.Face.MacAddress, now);
            return;
        }

        _upSince = _upSince == TimeSpan.MaxValue ? now : _upSince;
        if (now - _upSince >= TimeSpan.FromSeconds(1.5))
        {
            (Phase, Parent, ParentHeard, face.Frequency) = ("COMPLETED", found.Supplicant, now, found.Supplicant.Network.Frequency);
            Tell(SupplicantEventKind.Up, found.Face.MacAddress, "connected");
        }
    }
}
