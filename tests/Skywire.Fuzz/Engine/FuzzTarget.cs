// What is fuzzed, and what it promises for any input.
namespace Skywire.Fuzz.Engine;

/// <summary>Runs one input and says in a number what kind of thing happened; inputs that reach a new number are kept and mutated further.</summary>
internal delegate int FuzzCase(ReadOnlySpan<byte> input);

/// <summary>A parser or state machine that takes bytes of a peer.</summary>
internal sealed record FuzzTarget(string Name, FuzzCase Run)
{
    /// <summary>Exceptions that are a proper answer to bad input; most parsers have none.</summary>
    public IReadOnlyList<Type> Allowed { get; init; } = [];

    /// <summary>Bytes one case may allocate whatever the input: objects around the parser, and its fixed buffers.</summary>
    public long AllocationBase { get; init; } = 64 * 1024;

    /// <summary>Bytes one case may allocate per byte of input. What a decoded tree costs over its text; never what a length field claims.</summary>
    public long AllocationPerByte { get; init; } = 256;

    /// <summary>Longest input made.</summary>
    public int MaxInput { get; init; } = 8 * 1024;

    /// <summary>Real time one case may take. Far above any parser's, so that only an endless or quadratic one reaches it on a busy machine.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Share of the usual number of cases in the quick run, for targets that cost much per case.</summary>
    public double QuickShare { get; init; } = 1;
}

/// <summary>A target saw a result that breaks its contract.</summary>
internal sealed class ContractException(string message) : Exception(message);
