// How a download ended.
using Skywire.Update.Policy;

namespace Skywire.Update.Download;

/// <summary>The end of a download.</summary>
/// <param name="Name">The bundle's file; complete and equal to what the feed says when there is no refusal.</param>
/// <param name="Refusal">Why it is not complete.</param>
/// <param name="Progress">How far it came.</param>
public sealed record DownloadResult(string Name, Refusal? Refusal, DownloadProgress Progress);
