// Elements of beacons (802.11-2020, 9.4.2): number (1), length (1), content. Anybody on the air writes them.
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

/// <summary>What the elements of one beacon or probe response say.</summary>
internal readonly record struct InformationElements
{
    private const byte Ssid = 0;
    private const byte Rsn = 48;
    private const byte MeshConfiguration = 113;
    private const byte MeshId = 114;
    private const byte Vendor = 221;

    // Mesh configuration: path protocol, metric, congestion, synchronisation, authentication.
    private const int AuthenticationAt = 4;

    /// <summary>SSID, "" when hidden or missing.</summary>
    public string NetworkName { get; init; }

    /// <summary>Mesh ID; null when there is none.</summary>
    public string? MeshName { get; init; }

    /// <summary>Security is announced: RSN, its forerunner, or an authenticated mesh.</summary>
    public bool IsSecured { get; init; }

    /// <summary>Place in a tree of ours.</summary>
    public TreeMark? Tree { get; init; }

    /// <summary>Reads as far as elements are whole.</summary>
    public static InformationElements Read(ReadOnlySpan<byte> bytes)
    {
        var elements = new InformationElements { NetworkName = "" };
        while (bytes.Length >= 2 && bytes[1] <= bytes.Length - 2)
        {
            elements = elements.With(bytes[0], bytes.Slice(2, bytes[1]));
            bytes = bytes[(2 + bytes[1])..];
        }

        return elements;
    }

    private InformationElements With(byte number, ReadOnlySpan<byte> content) => number switch
    {
        Ssid when content.Length <= Kernel.NetworkName.MaxSize => this with { NetworkName = Kernel.NetworkName.Text(content) },
        MeshId when content.Length <= Kernel.NetworkName.MaxSize => this with { MeshName = Kernel.NetworkName.Text(content) },
        Rsn => this with { IsSecured = true },
        MeshConfiguration when content.Length > AuthenticationAt && content[AuthenticationAt] != 0 => this with { IsSecured = true },
        // WPA, before there was RSN: 00 50 f2 01.
        Vendor when content.StartsWith((ReadOnlySpan<byte>)[0x00, 0x50, 0xF2, 0x01]) => this with { IsSecured = true },
        Vendor when TreeElement.Read(content) is { } tree => this with { Tree = tree },
        _ => this,
    };
}
