// What the kernel says of one radio (a phy): data, also recorded from real chips for the planner's tests.
namespace Skywire.Wifi.Radios;

/// <summary>One radio as nl80211 describes it.</summary>
public sealed record RadioFacts
{
    /// <summary>The kernel's number of the radio; a radio plugged in again has another.</summary>
    public required int Index { get; init; }

    /// <summary>Name, "phy0".</summary>
    public required string Name { get; init; }

    /// <summary>Name of its driver, "ath9k_htc"; "" when not known.</summary>
    public string Driver { get; init; } = "";

    /// <summary>Its own address, "02:00:00:00:00:00".</summary>
    public string MacAddress { get; init; } = "";

    /// <summary>Types of interfaces it can be.</summary>
    public required InterfaceTypes Types { get; init; }

    /// <summary>Types that it can be at the same time; empty: one interface at a time.</summary>
    public IReadOnlyList<InterfaceCombination> Combinations { get; init; } = [];

    /// <summary>Bands with their channels under the rules in force.</summary>
    public required IReadOnlyList<RadioBand> Bands { get; init; }

    /// <summary>Country whose rules are in force for this radio, "00" for the world's common ground.</summary>
    public string Country { get; init; } = "00";

    /// <summary>SAE can be done with it as a mesh point or station (by the kernel or by user space).</summary>
    public bool HasSae { get; init; }

    /// <summary>Peering of mesh points can be left to user space (NL80211_FEATURE_USERSPACE_MPM), which secured meshes need.</summary>
    public bool HasUserPeering { get; init; }

    /// <summary>An ad-hoc network can be secured (WIPHY_FLAG_IBSS_RSN, NL80211_ATTR_SUPPORT_IBSS_RSN): the kernel takes a group key of each neighbour. Without it only open ones can be formed.</summary>
    public bool HasSecureAdHoc { get; init; } = true;

    /// <summary>Why nothing can be sent by it (rfkill); "" when it can.</summary>
    public string Blocked { get; init; } = "";

    /// <summary>Its interfaces.</summary>
    public IReadOnlyList<RadioInterface> Interfaces { get; init; } = [];
}

/// <summary>Types that may be up at the same time.</summary>
/// <param name="MaxInterfaces">Most interfaces in all.</param>
/// <param name="MaxChannels">Most different channels.</param>
/// <param name="Limits">How many of which types.</param>
public sealed record InterfaceCombination(int MaxInterfaces, int MaxChannels, IReadOnlyList<InterfaceLimit> Limits)
{
    /// <summary>True when one interface of each of these types fits.</summary>
    public bool Allows(params ReadOnlySpan<InterfaceType> types)
    {
        if (types.Length > MaxInterfaces)
        {
            return false;
        }

        Span<int> left = stackalloc int[Limits.Count];
        for (var i = 0; i < Limits.Count; i++)
        {
            left[i] = Limits[i].Maximum;
        }

        return Fit(types, left);
    }

    // A type may stand in several limits: the choice of one may take the place of another, so choices are tried.
    private bool Fit(ReadOnlySpan<InterfaceType> types, Span<int> left)
    {
        if (types.IsEmpty)
        {
            return true;
        }

        for (var i = 0; i < Limits.Count; i++)
        {
            if (left[i] > 0 && Limits[i].Types.HasFlag((InterfaceTypes)(1 << (int)types[0])))
            {
                left[i]--;
                if (Fit(types[1..], left))
                {
                    return true;
                }

                left[i]++;
            }
        }

        return false;
    }
}

/// <summary>At most so many interfaces of these types together.</summary>
public sealed record InterfaceLimit(int Maximum, InterfaceTypes Types);

/// <summary>A band.</summary>
/// <param name="Name">"2.4 GHz", "5 GHz", "6 GHz".</param>
/// <param name="IsHt">802.11n can be used.</param>
/// <param name="IsVht">802.11ac can be used.</param>
/// <param name="Channels">Its channels.</param>
public sealed record RadioBand(string Name, bool IsHt, bool IsVht, IReadOnlyList<RadioChannel> Channels);

/// <summary>A channel under the rules in force.</summary>
public sealed record RadioChannel
{
    /// <summary>Number, 1 to 14 or 36 to 177.</summary>
    public required int Number { get; init; }

    /// <summary>Its middle, MHz.</summary>
    public required int Frequency { get; init; }

    /// <summary>May not be used at all.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Nothing may be sent first on it: no mesh, no access point, no ad-hoc network.</summary>
    public bool IsNoInitiate { get; init; }

    /// <summary>Weather radar goes first (DFS).</summary>
    public bool IsRadar { get; init; }

    /// <summary>Most power, dBm.</summary>
    public double MaxPower { get; init; }

    /// <summary>A mesh may be begun on it without listening for radar.</summary>
    public bool IsOpen => !IsDisabled && !IsNoInitiate && !IsRadar;
}

/// <summary>A network interface of a radio.</summary>
public sealed record RadioInterface
{
    /// <summary>The kernel's number.</summary>
    public required int Index { get; init; }

    /// <summary>Name, "wlan0".</summary>
    public required string Name { get; init; }

    /// <summary>What it is now.</summary>
    public required InterfaceType Type { get; init; }

    /// <summary>Its address.</summary>
    public string MacAddress { get; init; } = "";

    /// <summary>Frequency in use, MHz; 0 for none.</summary>
    public int Frequency { get; init; }

    /// <summary>It is switched on (IFF_UP).</summary>
    public bool IsUp { get; init; }

    /// <summary>It carries traffic (IFF_LOWER_UP).</summary>
    public bool HasCarrier { get; init; }
}
