// Clients of the dmsg discovery tell errors apart by their text, so the texts are protocol constants (spec 03 §10).
namespace Skywire.Discovery;

/// <summary>The message texts of the dmsg discovery.</summary>
internal static class DmsgDiscoveryTexts
{
    public const string WroteNew = "wrote a new entry";
    public const string WroteIteration = "wrote new entry iteration";
    public const string Deleted = "deleted entry";
    public const string NotFound = "entry of public key is not found";
    public const string NoServers = "no delegated dmsg servers available for remote";
    public const string BadInput = "error bad input";
    public const string InvalidSignature = "invalid signature";
    public const string Unexpected = "something unexpected happened";

    /// <summary>Stands before each of the texts below, status 422.</summary>
    public const string Validation = "entry validation error: ";
    public const string NoVersion = "entry has no version";
    public const string NoSignature = "entry has no signature";
    public const string NoKey = "entry Keys is nil";
    public const string NoPart = "entry has neither client or server field";
    public const string NoAddress = "server address cannot be empty";
    public const string OutdatedTimestamp = "advertised entry has outdated timestamp";
    public const string BadSequence = "sequence field of new entry is not sequence of old entry + 1";
    public const string OlderThanStored = "advertised entry timestamp is not greater than previous";
    public const string Loopback = "advertising localhost listening address is not allowed in production mode";
}
