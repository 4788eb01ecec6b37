// Radios, networks and answers as the setup tests need them.
using Skywire.Wifi.Radios;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Tests.Setup;

internal static class SetupSamples
{
    public static RadioFacts Radio(int index = 0, InterfaceTypes types = InterfaceTypes.AccessPoint | InterfaceTypes.Station, params (string Band, int Frequency, bool IsOpen)[] channels) => new()
    {
        Index = index,
        Name = $"phy{index}",
        MacAddress = "02:00:00:00:a1:b2",
        Types = types,
        Bands = [.. (channels.Length > 0 ? channels : [("2.4 GHz", 2412, true), ("2.4 GHz", 2437, true)])
            .GroupBy(c => c.Band)
            .Select(g => new RadioBand(g.Key, true, false, [.. g.Select(c => new RadioChannel { Number = 1, Frequency = c.Frequency, IsNoInitiate = !c.IsOpen })]))],
    };

    public static HeardNetwork Mesh(string name, int signal = -50, string mac = "02:00:00:00:00:01") => new() { MacAddress = mac, Type = InterfaceType.MeshPoint, Name = name, Frequency = 2437, Signal = signal, IsSecured = true };

    public static SetupView View(params MeshChoice[] meshes) => new("Skyminer-setup-A1B2", meshes, 12);

    public static Dictionary<string, string> Fields(params (string Name, string Value)[] changes)
    {
        var fields = new Dictionary<string, string> { ["name"] = "attic", ["country"] = "DE", ["mesh"] = "new", ["mesh_name"] = "home", ["passphrase"] = "correct horse battery" };
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return fields;
    }

    // Not random: tests want the same code each time.
    public static void CountUp(Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)i;
        }
    }
}
