using Skywire.Testing;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Tests.Air;

namespace Skywire.Wifi.Tests.Running;

public sealed class FaultTests(ITestOutputHelper output)
{
    private const int PerBatch = 100;
    private static readonly int Batches = Environment.GetEnvironmentVariable("SKYWIRE_TEST_LONG") == "1" ? 100 : 10;

    // Whatever came before: after the last fault all are one network again within this, and at the end nothing is left.
    private const double Patience = 300;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Batches).Select(b => 1 + (b * PerBatch))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Faults_HundredRandomSequences_AlwaysEndJoinedWithNothingLeft(int first)
    {
        var longest = 0.0;
        for (var seed = first; seed < first + PerBatch; seed++)
        {
            SimulationRun.Execute(seed, async run => longest = Math.Max(longest, await OneAsync(run)));
        }

        output.WriteLine($"seeds {first} to {first + PerBatch - 1}: longest way back {longest:0} s");
    }

    [Fact]
    public void Faults_SameSeedTwice_IsTheSameRun()
    {
        static string Once() => SimulationRun.ExecuteTraced(42, async run => await OneAsync(run)) is var run ? $"{run.TraceCount} {run.TraceDigest}" : "";
        Assert.Equal(Once(), Once());
    }

    private static async Task<double> OneAsync(SimulationRun run)
    {
        var entropy = run.Entropy.For("faults");
        var way = 0.0;
        await AirTests.Execute(run, async air =>
        {
            var isTree = run.Seed % 4 >= 2;
            var boards = 2 + entropy.Next(3);
            for (var i = 0; i < boards; i++)
            {
                air.Add(Radio(run.Seed % 4, i));
            }

            await new Faults(air, entropy).RunAsync(2 + entropy.Next(6));
            var healed = run.Time.Elapsed;
            Assert.True(await air.Until(() => isTree ? TreeTests.IsOne(air) : air.Nodes.TrueForAll(n => n.State == "joined" && n.Radio.Neighbours.Count == air.Nodes.Count - 1), Patience), TreeTests.Words(air));
            way = (run.Time.Elapsed - healed).TotalSeconds;
        });
        return way;
    }

    private static RadioFacts Radio(int kind, int number) => kind switch
    {
        0 => SampleRadio.Mesh(number),
        1 => SampleRadio.AdHoc(number),
        2 => SampleRadio.Tree(number),
        _ => SampleRadio.Either(number),
    };
}
