// The loop: pick, mutate, run, judge.
using System.Diagnostics;
using System.Text;

namespace Skywire.Fuzz.Engine;

/// <summary>What a run did.</summary>
internal sealed record FuzzReport(long Cases, int Outcomes, IReadOnlyList<byte[]> Kept);

/// <summary>
/// Mutational fuzzing without coverage feedback: outcome numbers of the target take its place. Deterministic for a seed and a number of cases. Throws
/// <see cref="FuzzFailureException"/> at the first finding, with a minimal input written beside the binaries.
/// </summary>
internal sealed class FuzzEngine(FuzzTarget target, IReadOnlyList<byte[]> corpus, int seed)
{
    // Deep enough for recursive descent over nested input, small enough that an unbounded one shows as an overflow of the process.
    private const int StackSize = 4 << 20;

    // Pieces with random content beside the corpus, for targets that have none yet.
    private static readonly byte[][] Bare = [[], [0], [.. Enumerable.Range(0, 64).Select(i => (byte)i)]];

    /// <summary>Runs every corpus input as it is, then mutations, as long as <paramref name="goOn"/> says so of the cases done.</summary>
    public FuzzReport Run(Func<long, bool> goOn)
    {
        FuzzReport? report = null;
        Exception? failure = null;
        var runner = new CaseRunner(target);
        var thread = new Thread(
            () =>
            {
                try
                {
                    report = Loop(runner, goOn);
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            StackSize)
        {
            IsBackground = true,
            Name = "fuzz " + target.Name,
        };
        thread.Start();
        while (!thread.Join(TimeSpan.FromMilliseconds(100)))
        {
            if (runner.Current is { Input: { } input, For: var time } && time > target.TimeLimit)
            {
                throw new FuzzFailureException(Describe(new Finding("hang", $"one case still runs after {time.TotalSeconds:0} s"), input));
            }
        }

        return failure switch
        {
            null => report!,
            FuzzFailureException found => throw found,
            _ => throw new FuzzFailureException("the engine itself failed: " + failure),
        };
    }

    private FuzzReport Loop(CaseRunner runner, Func<long, bool> goOn)
    {
        var mutator = new Mutator(seed);
        var pool = new List<byte[]>(corpus.Count > 0 ? corpus : Bare);
        var kept = new List<byte[]>();
        var outcomes = new HashSet<int>();
        long cases = 0;
        foreach (var input in pool)
        {
            cases++;
            outcomes.Add(RunOrThrow(runner, input));
        }

        while (goOn(cases))
        {
            var input = mutator.Mutate(pool[mutator.Pick(pool.Count)], pool[mutator.Pick(pool.Count)], target.MaxInput);
            cases++;
            if (outcomes.Add(RunOrThrow(runner, input)))
            {
                pool.Add(input);
                kept.Add(input);
            }
        }

        return new FuzzReport(cases, outcomes.Count, kept);
    }

    private int RunOrThrow(CaseRunner runner, byte[] input)
    {
        if (runner.Run(input, out var outcome) is not { } finding)
        {
            return outcome;
        }

        var started = Stopwatch.StartNew();
        var minimal = Minimiser.Shrink(input, candidate => started.Elapsed < TimeSpan.FromSeconds(20) && runner.Run(candidate, out _)?.Kind == finding.Kind);
        throw new FuzzFailureException(Describe(runner.Run(minimal, out _) ?? finding, minimal));
    }

    private string Describe(Finding finding, byte[] input)
    {
        const int Shown = 512;
        var text = new StringBuilder();
        text.AppendLine($"target {target.Name}, seed {seed}: {finding.Kind}");
        text.AppendLine(finding.Detail);
        text.AppendLine($"input of {input.Length} bytes: {Convert.ToHexStringLower(input.AsSpan(0, Math.Min(input.Length, Shown)))}{(input.Length > Shown ? "..." : "")}");
        text.Append($"written to {Corpus.SaveFinding(target.Name, input)}; once mended, it belongs into the corpus");
        return text.ToString();
    }
}
