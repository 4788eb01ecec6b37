// One network of every type that is ever asked for.
using Skywire.Wifi.Control;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Tests.Control;

internal static class Networks
{
    public static SupplicantNetwork Mesh { get; } = new() { Type = InterfaceType.MeshPoint, Name = "home", Passphrase = "correct horse", Frequency = 2437, IsSae = true };

    public static SupplicantNetwork AdHoc { get; } = new() { Type = InterfaceType.AdHoc, Name = "home", Passphrase = "correct horse", Frequency = 2437 };

    public static SupplicantNetwork TreeAccessPoint { get; } = new() { Type = InterfaceType.AccessPoint, Name = "home", Passphrase = "correct horse", Frequency = 5180, Country = "DE", IsSae = true, Tree = new TreeMark("02:00:00:00:00:0a", 3, 300) };

    public static SupplicantNetwork Clients { get; } = new() { Type = InterfaceType.AccessPoint, Name = "guests", Passphrase = "welcome here", Frequency = 2412 };

    public static SupplicantNetwork Setup { get; } = new() { Type = InterfaceType.AccessPoint, Name = "Skyminer-setup-0a0b", Frequency = 2437 };

    public static SupplicantNetwork Station { get; } = new() { Type = InterfaceType.Station, Name = "home", Passphrase = "correct horse", IsSae = true };

    public static IReadOnlyList<SupplicantNetwork> All { get; } =
    [
        Mesh, AdHoc, TreeAccessPoint, Clients, Setup, Station,
        Station with { Frequency = 5180, MacAddress = "02:00:00:00:00:0b" }, Station with { IsSae = false }, Mesh with { Country = "US", Frequency = 5180 },
        Mesh with { Name = "}\"#\\n=münchen", Passphrase = "\" # {} ' \\ \" #" }, Clients with { Passphrase = "\" # {} ' \\ \" #" },
    ];
}
