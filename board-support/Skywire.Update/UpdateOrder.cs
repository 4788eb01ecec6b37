// What a person, or the box, wants of the client.
using Skywire.Update.Policy;

namespace Skywire.Update;

/// <summary>An installation.</summary>
/// <param name="File">A bundle on this board, as on a USB stick; "" takes it from the feed.</param>
/// <param name="Version">The version wanted; "" takes the newest.</param>
/// <param name="AllowsDowngrade">Older ones, too.</param>
public sealed record InstallOrder(string File = "", string Version = "", bool AllowsDowngrade = false);

/// <summary>How an order ended.</summary>
/// <param name="Refusal">Why it was not carried out; null when it was.</param>
/// <param name="Message">What was done, in a sentence.</param>
public sealed record UpdateOutcome(Refusal? Refusal, string Message);
