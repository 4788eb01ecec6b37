// mac80211_hwsim by its generic netlink family (drivers/net/wireless/virtual/mac80211_hwsim.h): radios that hear each other inside the kernel.
using System.Globalization;
using System.Text;
using System.Text.Json;
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.RadioLab;

/// <summary>The simulated radios.</summary>
internal sealed class SimulatedRadios(NetlinkConnection connection, GenericFamily family)
{
    private const string FamilyName = "MAC80211_HWSIM";

    // HWSIM_CMD_*.
    private const byte NewRadio = 4;
    private const byte DeleteRadio = 5;
    private const byte GetRadio = 6;

    // HWSIM_ATTR_*.
    private const ushort Channels = 9;
    private const ushort RadioId = 10;
    private const ushort HintedCountry = 11;
    private const ushort RadioName = 17;
    private const ushort PermanentAddress = 22;
    private const ushort SupportedTypes = 23;

    /// <summary>Words for types.</summary>
    public static IReadOnlyDictionary<string, InterfaceType> Types { get; } = new Dictionary<string, InterfaceType>
    {
        ["mesh"] = InterfaceType.MeshPoint,
        ["adhoc"] = InterfaceType.AdHoc,
        ["ap"] = InterfaceType.AccessPoint,
        ["station"] = InterfaceType.Station,
        ["monitor"] = InterfaceType.Monitor,
    };

    /// <summary>Reaches the module. Throws <see cref="IOException"/> when it is not loaded.</summary>
    public static SimulatedRadios Open()
    {
        var connection = new NetlinkConnection(NetlinkSocket.Open(NetlinkSocket.Generic, TimeProvider.System));
        return GenericNetlink.Find(connection, FamilyName) is { } family
            ? new SimulatedRadios(connection, family)
            : throw new IOException("mac80211_hwsim is not loaded; modprobe mac80211_hwsim radios=0");
    }

    /// <summary>Makes a radio and gives its number.</summary>
    public int Add(SimulatedRadio radio) => connection.Request(Request(family, radio)).Result;

    /// <summary>Removes a radio.</summary>
    public void Remove(int id) => connection.Request(family.Request(DeleteRadio).UInt32(RadioId, (uint)id));

    /// <summary>Every radio of this network namespace.</summary>
    public IReadOnlyList<(int Id, string Name)> All()
    {
        var radios = new List<(int, string)>();
        foreach (var message in connection.Dump(family.Request(GetRadio)))
        {
            if (GenericNetlink.TryRead(message, out _, out var attributes)
                && attributes.TryFind(RadioId, out var number) && number.TryUInt32(out var id)
                && attributes.TryFind(RadioName, out var text) && text.TryText(out var name))
            {
                radios.Add(((int)id, name));
            }
        }

        return radios;
    }

    /// <summary>[{"id":0,"name":"radio0"}].</summary>
    public static string ToJson(IReadOnlyList<(int Id, string Name)> radios)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var (id, name) in radios)
            {
                json.WriteStartObject();
                json.WriteNumber("id", id);
                json.WriteString("name", name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static NetlinkWriter Request(GenericFamily family, SimulatedRadio radio)
    {
        var request = family.Request(NewRadio)
            .Text(RadioName, radio.Name)
            .UInt32(Channels, (uint)radio.Channels)
            .UInt32(SupportedTypes, radio.Types.Aggregate(0u, (set, word) => set | (1u << (int)Types[word])));
        if (radio.Country.Length > 0)
        {
            request.Text(HintedCountry, radio.Country.ToUpper(CultureInfo.InvariantCulture));
        }

        if (radio.Address.Length > 0)
        {
            var address = new byte[HardwareAddress.Size];
            if (!HardwareAddress.TryParse(radio.Address, address))
            {
                throw new IOException($"{radio.Address} is no address; 02:00:00:00:00:00 is one");
            }

            request.Bytes(PermanentAddress, address);
        }

        return request;
    }
}
