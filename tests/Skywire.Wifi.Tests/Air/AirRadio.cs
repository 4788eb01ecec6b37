// A simulated radio and its interfaces.
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Tests.Air;

internal sealed class AirFace(int index, string name, string address)
{
    public int Index { get; } = index;

    public string Name { get; } = name;

    public string MacAddress { get; } = address;

    public InterfaceType Type { get; set; } = InterfaceType.Station;

    public bool IsUp { get; set; }

    public int Frequency { get; set; }

    public bool HasPowerSave { get; set; } = true;

    public MeshParameters? Mesh { get; set; }
}

internal sealed class AirRadio(SimNode node, RadioFacts template)
{
    public SimNode Node => node;

    public RadioFacts Template { get; set; } = template;

    public int Index { get; set; } = template.Index;

    public bool IsPlugged { get; set; } = true;

    public bool Blocked { get; set; }

    public List<AirFace> Faces { get; } = [.. template.Interfaces.Select(i => new AirFace(i.Index, i.Name, i.MacAddress))];

    public bool IsOpen(int frequency) => Template.Bands.SelectMany(b => b.Channels).Any(c => c.Frequency == frequency && c.IsOpen);

    public RadioFacts Facts() => Template with
    {
        Index = Index,
        Name = $"phy{Index}",
        Blocked = Blocked ? "blocked by a switch (rfkill)" : "",
        Interfaces = [.. Faces.Select(f => new RadioInterface { Index = f.Index, Name = f.Name, Type = f.Type, MacAddress = f.MacAddress, Frequency = f.Frequency, IsUp = f.IsUp, HasCarrier = f.IsUp })],
    };
}
