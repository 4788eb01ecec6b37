// How a finding is told: enough to see it again with one command.
namespace Skywire.Fuzz.Engine;

/// <summary>What an input did wrong. <paramref name="Kind"/> groups findings: a smaller input of the same kind is the same finding.</summary>
internal sealed record Finding(string Kind, string Detail);

/// <summary>A target broke its promises.</summary>
internal sealed class FuzzFailureException(string message) : Exception(message);
