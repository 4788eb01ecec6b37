// What the board service asks of the wifi service; the visor's own program fills it.
namespace Skywire.Boards.Running;

/// <summary>The wifi service's account of the air.</summary>
/// <param name="State">A word of <see cref="Leds.AirWords"/>.</param>
/// <param name="Reason">Why.</param>
/// <param name="SetupName">Name of the open setup access point; "" when none is open.</param>
public sealed record AirStatus(string State, string Reason, string SetupName = "");

/// <summary>Reads the wifi service's account.</summary>
public interface IAirStatusSource
{
    /// <summary>The air; null where no wifi service runs. Never throws.</summary>
    AirStatus? Read();
}
