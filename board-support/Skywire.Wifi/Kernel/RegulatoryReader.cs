// Whose rules hold, from NL80211_CMD_GET_REG: one set for the machine, and own ones of radios that bring theirs.
using Skywire.Linux.Netlink;

namespace Skywire.Wifi.Kernel;

/// <summary>Countries of a dump.</summary>
internal sealed class RegulatoryReader
{
    /// <summary>The world's common ground.</summary>
    public const string World = "00";

    private readonly Dictionary<int, string> _own = [];
    private string _common = World;

    /// <summary>Takes one message in.</summary>
    public void Add(ReadOnlySpan<byte> payload)
    {
        // Two characters: letters, or digits where the rules are no country's.
        if (!GenericNetlink.TryRead(payload, out _, out var attributes)
            || !attributes.TryFind(Nl80211.Attribute.RegAlpha2, out var of)
            || !of.TryText(out var country)
            || country.Length != 2)
        {
            return;
        }

        if (!attributes.TryFind(Nl80211.Attribute.Wiphy, out var radio))
        {
            _common = country;
        }
        else if (radio.TryUInt32(out var index) && index <= int.MaxValue)
        {
            _own[(int)index] = country;
        }
    }

    /// <summary>The country of a radio.</summary>
    public string CountryOf(int radioIndex) => _own.GetValueOrDefault(radioIndex, _common);
}
