// How a simulated run fails: everything needed to run it again.
namespace Skywire.Testing;

/// <summary>A simulated run failed; the message holds the seed, the state and the last trace lines.</summary>
public sealed class SimulationException : Exception
{
    public SimulationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
