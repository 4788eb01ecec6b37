// HTTP as downloads need it: a streamed answer, and a range of it. The visor fills it with the platform's client (and the box's secret, when it asks the serving board), tests with a script.
namespace Skywire.Update.Download;

/// <summary>A GET.</summary>
/// <param name="Address">What.</param>
/// <param name="Range">Which bytes of it (Range); null for all.</param>
/// <param name="IfMatch">The entity tag it must still have (If-Match); "" for any.</param>
public sealed record HttpGet(Uri Address, Blocks.ByteRange? Range, string IfMatch);

/// <summary>An answer; dispose it to end the transfer.</summary>
public interface IHttpAnswer : IAsyncDisposable
{
    /// <summary>Status: 200 for all of it, 206 for the range asked for.</summary>
    int Status { get; }

    /// <summary>First byte of the range (Content-Range); null when it does not say.</summary>
    long? RangeStart { get; }

    /// <summary>The strong entity tag; "" for none.</summary>
    string EntityTag { get; }

    /// <summary>The bytes.</summary>
    Stream Body { get; }
}

/// <summary>Sends requests. Throws <see cref="IOException"/> when no answer came.</summary>
public interface IUpdateHttp
{
    /// <summary>Gets the head of an answer; the body is read from it.</summary>
    Task<IHttpAnswer> GetAsync(HttpGet request, CancellationToken cancellationToken);
}
