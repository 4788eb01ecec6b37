// Every target, every run of the tests: a fixed number of cases, or with SKYWIRE_TEST_LONG=1 a minute for each parser, shared by its targets.
using System.Diagnostics;
using System.Globalization;
using Skywire.Fuzz.Engine;
using Skywire.Fuzz.Targets;
using Xunit;

namespace Skywire.Fuzz;

public sealed class FuzzTests
{
    private const int QuickCases = 2000;
    private static readonly TimeSpan TimePerParser = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Names => [.. TargetList.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Target_MutatedInputs_KeepsItsPromises(string name)
    {
        var target = TargetList.All.Single(target => target.Name == name);
        var corpus = Corpus.Load(name);
        Assert.NotEmpty(corpus);
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SKYWIRE_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;
        var clock = Stopwatch.StartNew();
        var isLong = Environment.GetEnvironmentVariable("SKYWIRE_TEST_LONG") == "1";
        var time = TimePerParser / TargetList.All.Count(other => TargetList.ParserOf(other) == TargetList.ParserOf(target));
        var cases = (long)(QuickCases * target.QuickShare);
        var report = new FuzzEngine(target, corpus, seed).Run(done => isLong ? clock.Elapsed < time : done < cases);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fuzz cases: {report.Cases}"));

        // A target whose inputs all end the same way is not fuzzed, it is refused at the door.
        Assert.True(report.Outcomes > 1, $"{name}: all {report.Cases} cases had the same outcome");
    }
}
