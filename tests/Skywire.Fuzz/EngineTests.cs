// The engine finds planted faults; a fuzzer that finds nothing proves nothing.
using Skywire.Fuzz.Engine;
using Xunit;

namespace Skywire.Fuzz;

public sealed class EngineTests
{
    private static readonly byte[][] Seeds = ["hello, length 16: 0123456789abcdef"u8.ToArray()];

    [Fact]
    public void Run_PlantedException_IsFoundAndMinimised()
    {
        var target = new FuzzTarget("planted-exception", input => input.Contains((byte)0xff) ? throw new InvalidDataException() : 0);
        var failure = Assert.Throws<FuzzFailureException>(() => Fuzz(target));
        Assert.Contains("InvalidDataException", failure.Message, StringComparison.Ordinal);
        Assert.Contains("input of 1 bytes: ff", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_PlantedAllocation_IsFound()
    {
        var target = new FuzzTarget("planted-allocation", input => input.Length > 3 && input[3] == 0x7f ? new byte[1 << 20].Length : 0);
        Assert.Contains("allocation", Assert.Throws<FuzzFailureException>(() => Fuzz(target)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_PlantedHang_IsFound()
    {
        var target = new FuzzTarget("planted-hang", Hang) { TimeLimit = TimeSpan.FromMilliseconds(500) };
        Assert.Contains("hang", Assert.Throws<FuzzFailureException>(() => Fuzz(target)).Message, StringComparison.Ordinal);

        static int Hang(ReadOnlySpan<byte> input)
        {
            // Ends some time, so that the thread does not outlive the tests.
            for (var i = 0; input.Contains((byte)0x80) && i < 100; i++)
            {
                Thread.Sleep(100);
            }

            return 0;
        }
    }

    [Fact]
    public void Run_AllowedException_IsAnOutcome()
    {
        var target = new FuzzTarget("planted-refusal", input => input.Contains((byte)'h') ? 1 : throw new InvalidDataException()) { Allowed = [typeof(InvalidDataException)] };
        Assert.Equal(2, Fuzz(target).Outcomes);
    }

    [Fact]
    public void Run_SameSeed_SameInputs()
    {
        Assert.Equal(Sum(5), Sum(5));
        Assert.NotEqual(Sum(5), Sum(6));

        static long Sum(int seed)
        {
            long sum = 0;
            var target = new FuzzTarget("sum", input =>
            {
                foreach (var b in input)
                {
                    sum = (sum * 31) + b;
                }

                return 0;
            });
            new FuzzEngine(target, Seeds, seed).Run(cases => cases < 500);
            return sum;
        }
    }

    [Fact]
    public void Run_NewOutcome_IsKeptAndBuiltUpon()
    {
        // Four steps that each need the one before: out of reach for blind mutation of the seed, easy when steps are kept.
        var target = new FuzzTarget("steps", input =>
        {
            var n = 0;
            while (n < 4 && n < input.Length && input[n] == "\x80\x81\xfe\xf8"[n])
            {
                n++;
            }

            return n;
        });
        Assert.Equal(5, new FuzzEngine(target, Seeds, 3).Run(cases => cases < 100_000).Outcomes);
    }

    private static FuzzReport Fuzz(FuzzTarget target) => new FuzzEngine(target, Seeds, 1).Run(cases => cases < 20_000);
}
