// The frame of every deterministic test: seed in, the same run out.
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Skywire.Testing;

/// <summary>Limits of a run.</summary>
public sealed record SimulationOptions
{
    public static SimulationOptions Default { get; } = new();

    /// <summary>Virtual time a run may take: far more than any protocol limit, so that only a run that never ends hits it.</summary>
    public TimeSpan VirtualBudget { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Real time a run may take.</summary>
    public TimeSpan RealBudget { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Trace lines kept for the failure message.</summary>
    public int TraceLines { get; init; } = 200;

    /// <summary>Wall clock at the start; null for 2026-01-01.</summary>
    public DateTimeOffset? Start { get; init; }
}

/// <summary>One deterministic run on one thread and virtual time: everything that could differ comes from <see cref="Seed"/>.</summary>
public sealed class SimulationRun
{
    private static readonly TimeSpan StuckGrace = TimeSpan.FromSeconds(3);

    private readonly SimulationOptions _options;
    private readonly Queue<string> _lines = new();
    private ulong _digest;

    private SimulationRun(int seed, SimulationOptions options)
    {
        Seed = seed;
        _options = options;
        Time = new VirtualTime(options.Start);
        Entropy = new SimulationEntropy(seed);
        Network = new MemoryNetwork(Time, Entropy.For("network"));
        Scheduler = new DeterministicScheduler(Time);
    }

    /// <summary>What this run is made from.</summary>
    public int Seed { get; }

    /// <summary>The clock.</summary>
    public VirtualTime Time { get; }

    /// <summary>Randomness; take <c>Entropy.For("purpose")</c> per component.</summary>
    public SimulationEntropy Entropy { get; }

    /// <summary>The network; <c>Network.Host("10.0.0.1")</c> is one machine on it.</summary>
    public MemoryNetwork Network { get; }

    /// <summary>The scheduler.</summary>
    public DeterministicScheduler Scheduler { get; }

    /// <summary>Lines traced so far.</summary>
    public int TraceCount { get; private set; }

    /// <summary>Fingerprint of every line traced so far: two runs did the same exactly when this and <see cref="TraceCount"/> are equal.</summary>
    public string TraceDigest => _digest.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The last lines traced, oldest first.</summary>
    public IReadOnlyList<string> RecentTrace => [.. _lines];

    /// <summary>Notes what happened, with the virtual time. Lines are part of a failure message and of <see cref="TraceDigest"/>.</summary>
    public void Trace(string line)
    {
        var text = $"{Time.Elapsed:c} {line}";
        _digest = Fold(text, _digest);
        TraceCount++;
        lock (_lines)
        {
            _lines.Enqueue(text);
            if (_lines.Count > _options.TraceLines)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <summary>
    /// Runs <paramref name="body"/> and blocks until its end. Throws <see cref="SimulationException"/> with seed, state and trace. The environment variable
    /// SKYWIRE_SEED overrides <paramref name="seed"/>.
    /// </summary>
    public static void Execute(int seed, Func<SimulationRun, Task> body, SimulationOptions? options = null) => ExecuteTraced(seed, body, options);

    /// <summary>As <see cref="Execute"/>; returns the finished run, to compare traces.</summary>
    public static SimulationRun ExecuteTraced(int seed, Func<SimulationRun, Task> body, SimulationOptions? options = null)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("SKYWIRE_SEED"), CultureInfo.InvariantCulture, out var overriding))
        {
            seed = overriding;
        }

        options ??= SimulationOptions.Default;
        var run = new SimulationRun(seed, options);
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    run.Scheduler.Run(() => body(run), options.VirtualBudget, options.RealBudget);
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            32 << 20)
        {
            IsBackground = true,
            Name = $"simulation {seed}",
        };
        var clock = Stopwatch.StartNew();
        thread.Start();

        // A little more: the scheduler reports a busy run itself, this is for one stuck inside a single step.
        if (!thread.Join(options.RealBudget + StuckGrace))
        {
            throw new SimulationException(run.Describe($"one step has not returned after {clock.Elapsed.TotalSeconds:0} s: an endless loop or a blocking wait"));
        }

        return failure is null ? run : throw new SimulationException(run.Describe(failure.Message), failure);
    }

    private string Describe(string what)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"seed {Seed}: {what}").AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"state: {Scheduler.State}").AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"run again with SKYWIRE_SEED={Seed}; trace ({TraceCount} lines, the last {_lines.Count}):");
        lock (_lines)
        {
            foreach (var line in _lines)
            {
                text.AppendLine().Append("  ").Append(line);
            }
        }

        return text.ToString();
    }

    // FNV-1a, folded over the lines.
    private static ulong Fold(string text, ulong seed)
    {
        var hash = seed ^ 0xcbf29ce484222325;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 0x100000001b3;
        }

        return hash;
    }
}
