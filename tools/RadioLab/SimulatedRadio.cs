// What a simulated radio is to be.
namespace Skywire.RadioLab;

/// <summary>A radio to be made.</summary>
/// <param name="Name">Name, as phy0.</param>
/// <param name="Types">What it can be, words of <see cref="SimulatedRadios.Types"/>.</param>
/// <param name="Channels">Different channels at the same time.</param>
/// <param name="Country">Country its driver asks for; "" for none.</param>
/// <param name="Address">Its own address; "" for the kernel's choice.</param>
internal sealed record SimulatedRadio(string Name, IReadOnlyList<string> Types, int Channels, string Country, string Address);
