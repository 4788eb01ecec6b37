// Something else than the network's services that a serving board offers to its box.
using Skywire.Discovery;

namespace Skywire.Visor.Box;

/// <summary>A service with a port of its own, made anew each time a board begins to serve.</summary>
internal interface IBoxGuest
{
    /// <summary>Its name, for the log.</summary>
    string Name { get; }

    /// <summary>Its TCP port, the same on all boards.</summary>
    int Port { get; }

    /// <summary>This board begins to serve; <c>End</c> is called when it no longer does.</summary>
    (IHttpService Service, Action End) Begin();
}
