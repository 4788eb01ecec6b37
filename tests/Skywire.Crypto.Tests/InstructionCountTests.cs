// Constant time, exactly: the same instructions in the same order whatever the secret.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

/// <summary>
/// A second process runs each operation with several secrets while a third steps through it, one instruction at a time (Linux, x86-64). Equal
/// counts and equal hashes over all instruction addresses mean that no branch depended on the secret. Which addresses of memory were read does not
/// show here; tables are read whole by construction (see <see cref="PointTests"/>), and the timing tests look at the rest.
/// </summary>
[Trait("Category", "Slow")]
public sealed class InstructionCountTests
{
    // A busy machine steps slowly.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private static readonly byte[] Random = SHA256.HashData([7]);
    private static readonly byte[] OtherRandom = SHA256.HashData([8]);

    [Fact]
    public async Task PublicKey_DifferentSecrets_TakesTheSameInstructions()
        => AssertAllEqual(await CountAsync("keygen", ToBytes(1), Random));

    [Fact]
    public async Task Sign_DifferentKeysAndNonces_TakesTheSameInstructions()
        => AssertAllEqual(await CountAsync("sign", [.. ToBytes(2), .. Random], [.. OtherRandom, .. ToBytes(N - 2)]));

    [Fact]
    public async Task Ecdh_DifferentSecrets_TakesTheSameInstructions()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("SKYWIRE_TEST_LONG") == "1", "over a million instructions to step through: with SKYWIRE_TEST_LONG=1");
        AssertAllEqual(await CountAsync("ecdh", ToBytes(N - 1), Random));
    }

    [Fact]
    public async Task InvertVartime_DifferentValues_TakesDifferentInstructions()
    {
        // The method can tell the difference: this operation is variable time by name.
        var counts = await CountAsync("vartime", ToBytes(2), Random);
        Assert.NotEqual(counts[0], counts[1]);
    }

    private static void AssertAllEqual(string[] counts)
    {
        Assert.True(counts.Length > 1 && long.Parse(counts[0].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) > 1000);
        Assert.All(counts, count => Assert.Equal(counts[0], count));
    }

    private static async Task<string[]> CountAsync(string operation, params byte[][] secrets)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "stepping is written for Linux on x86-64");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        using var worker = Start(["work", operation, .. secrets.Select(Convert.ToHexString)]);
        try
        {
            var ready = await worker.StandardOutput.ReadLineAsync(deadline.Token);
            Assert.NotNull(ready);
            using var tracer = Start(["trace", .. ready.Split(' ')]);
            try
            {
                var output = await tracer.StandardOutput.ReadToEndAsync(deadline.Token);
                Assert.SkipWhen(output.StartsWith("refused", StringComparison.Ordinal), "this system does not let a process be traced: " + output);
                var counts = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal(secrets.Length, counts.Length);
                return counts;
            }
            finally
            {
                tracer.Kill();
            }
        }
        finally
        {
            worker.Kill();
        }
    }

    private static Process Start(string[] arguments)
        => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Skywire.Crypto.Steps.dll"), .. arguments]) { RedirectStandardOutput = true })!;
}
