// What the kernel tells by itself: radios, interfaces, stations, rules and scans of nl80211, switches and carriers of rtnetlink, and nl80211 itself coming and going.
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

public sealed partial class Nl80211Kernel
{
    private NetlinkEvents? _genericEvents;
    private NetlinkEvents? _routeEvents;
    private Action? _changed;
    private bool _isMissingUntilTold;

    /// <inheritdoc/>
    public event Action? Changed
    {
        add
        {
            lock (_lock)
            {
                _changed += value;
            }

            Listen();
        }

        remove
        {
            lock (_lock)
            {
                _changed -= value;
            }
        }
    }

    // Frames that were overheard or handled by others, and mesh stations heard with every beacon: no change, and many.
    private static bool IsChange(byte command) => command is not (
        Nl80211.Command.TriggerScan or Nl80211.Command.Frame or Nl80211.Command.FrameTxStatus or Nl80211.Command.NotifyCqm
        or Nl80211.Command.UnprotDeauthenticate or Nl80211.Command.UnprotDisassociate or Nl80211.Command.NewPeerCandidate
        or Nl80211.Command.ProbeClient or Nl80211.Command.UnprotBeacon);

    // Begins to listen. Events come from here on; what was before has to be asked.
    private void Listen()
    {
        NetlinkEvents? generic = null, route = null;
        try
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (_genericEvents is not null)
                {
                    return;
                }

                generic = new NetlinkEvents(_open(NetlinkSocket.Generic), "nl80211 events", OnGeneric, OnLost);
                route = new NetlinkEvents(_open(NetlinkSocket.Route), "rtnetlink events", OnRoute, Raise);
                route.Join(NetworkLinks.Group);
                // First the news of families, then the family: none comes unseen between.
                if (GenericNetlink.Find(Generic(), GenericNetlink.ControllerName) is { } controller && controller.Groups.TryGetValue(GenericNetlink.ControllerGroup, out var news))
                {
                    generic.Join(news);
                }

                (_genericEvents, _routeEvents) = (generic, route);
                JoinGroups();
            }
        }
        catch (Exception e) when (e is NetlinkException or RadioException)
        {
            lock (_lock)
            {
                (_genericEvents, _routeEvents) = (null, null);
            }

            generic?.Dispose();
            route?.Dispose();
            throw e is NetlinkException refused ? Refusal.Of("the kernel's events cannot be heard", refused, e.Message) : e;
        }
    }

    private void JoinGroups()
    {
        lock (_lock)
        {
            if (_genericEvents is not { } events || Family() is not { } family)
            {
                return;
            }

            foreach (var name in Nl80211.EventGroups)
            {
                if (family.Groups.TryGetValue(name, out var group))
                {
                    events.Join(group);
                }
            }
        }
    }

    private void OnGeneric(NetlinkMessage message)
    {
        if (message.Type == GenericNetlink.Controller)
        {
            OnFamily(message);
            return;
        }

        if (!GenericNetlink.TryRead(message.Payload, out var command, out var attributes) || !IsChange(command))
        {
            return;
        }

        if (command is Nl80211.Command.NewScanResults or Nl80211.Command.ScanAborted && attributes.TryFind(Nl80211.Attribute.Wiphy, out var of) && of.TryUInt32(out var radio))
        {
            EndWaits((int)radio);
        }

        Raise();
    }

    private void OnFamily(NetlinkMessage message)
    {
        if (!GenericNetlink.TryRead(message.Payload, out var command, out _)
            || command is not (GenericNetlink.NewFamily or GenericNetlink.DeletedFamily)
            || !GenericNetlink.TryReadFamily(message.Payload, out _, out var name)
            || name != Nl80211.FamilyName)
        {
            return;
        }

        FindAgain();
        Raise();
    }

    private void OnLost()
    {
        FindAgain();
        EndWaits();
        Raise();
    }

    private void FindAgain()
    {
        lock (_lock)
        {
            (_family, _isMissingUntilTold) = (null, false);
            if (_isDisposed)
            {
                return;
            }

            try
            {
                JoinGroups();
            }
            catch (IOException)
            {
                // The family went again, or the kernel is out of memory: the next call that needs it says so.
            }
        }
    }

    private void OnRoute(NetlinkMessage message)
    {
        if (message.Type is NetworkLinks.NewLink or NetworkLinks.DeletedLink)
        {
            Raise();
        }
    }

    private void Raise()
    {
        Action? changed;
        lock (_lock)
        {
            changed = _changed;
        }

        changed?.Invoke();
    }
}
