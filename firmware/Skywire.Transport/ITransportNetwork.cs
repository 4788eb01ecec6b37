// The seam between the manager and one transport type. A new type is one folder and one entry in the list given to the manager.
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Transport;

/// <summary>Accepts and dials one transport type; the manager does settlement above it (spec 10 §2).</summary>
public interface ITransportNetwork : IAsyncDisposable
{
    /// <summary>Type name.</summary>
    string Type { get; }

    /// <summary>Starts listening (and announcing, where the type has that). Throws <see cref="IOException"/> when it cannot; the manager then tries again.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Dials, authenticates and encrypts; ends before settlement. Throws <see cref="ProtocolException"/>.</summary>
    Task<TransportLink> DialAsync(PubKey remote, CancellationToken cancellationToken);

    /// <summary>The next authenticated incoming link. Throws <see cref="ObjectDisposedException"/> once disposed.</summary>
    ValueTask<TransportLink> AcceptAsync(CancellationToken cancellationToken);
}

/// <summary>An authenticated encrypted stream before settlement.</summary>
public sealed record TransportLink(IByteStream Stream, PubKey RemoteKey);
