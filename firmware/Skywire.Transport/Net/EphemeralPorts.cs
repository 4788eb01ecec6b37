// Skywire ports of dialling sides: counted up from 49153 per network, as the reference does (spec 10 §1).
namespace Skywire.Transport.Net;

/// <summary>Thread-safe. The ports only name the dialler in F2; nobody listens on them, so none is ever taken.</summary>
internal sealed class EphemeralPorts
{
    private const int First = 49153;

    private int _next = First - 1;

    internal ushort Next() => (ushort)(First + (uint)(Interlocked.Increment(ref _next) - First) % (ushort.MaxValue - First + 1));
}
