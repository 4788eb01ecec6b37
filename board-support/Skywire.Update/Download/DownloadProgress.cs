// How far a download is.
namespace Skywire.Update.Download;

/// <summary>Progress in bytes.</summary>
/// <param name="Total">Of the bundle.</param>
/// <param name="Held">There and verified.</param>
/// <param name="FromSlot">Of these, taken from the running slot.</param>
/// <param name="Fetched">Received over the network by this process, bytes received twice counted twice.</param>
/// <param name="Retries">Connections that broke.</param>
public sealed record DownloadProgress(long Total, long Held, long FromSlot, long Fetched, int Retries);
