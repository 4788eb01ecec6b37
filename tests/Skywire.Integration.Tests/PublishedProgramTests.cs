using Xunit;

namespace Skywire.Integration.Tests;

/// <summary>The trimmed single file is what boards run: it is started here, for this machine and, emulated, for arm64.</summary>
[Trait("Category", "Slow")]
public sealed class PublishedProgramTests : IDisposable
{
    private const double SizeGoalMb = 45;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(12));

    /// <inheritdoc/>
    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task Published_ForThisMachine_CarriesTraffic()
    {
        var skyminer = new Skyminer("published", 18090);
        var program = await PublishAsync(skyminer, "linux-x64");
        await RunAsync(skyminer, program, "20M");
    }

    [Fact]
    public async Task Published_ForArm64_CarriesTrafficUnderEmulation()
    {
        if (!File.Exists("/usr/bin/qemu-aarch64-static"))
        {
            Assert.Skip("qemu-user-static is not installed");
        }

        var skyminer = new Skyminer("arm64", 18100);
        var result = await skyminer.RunAsync(_deadline.Token, "arm64-program");
        if (result.ExitCode == 3)
        {
            Assert.Skip("the arm64 program cannot be built or run here: " + result.Error.Trim());
        }

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.InRange(new FileInfo(Path.Combine(skyminer.State, "publish", "linux-arm64", "skywire")).Length / 1e6, 1, SizeGoalMb);
        await RunAsync(skyminer, result.Output.Trim(), "1M");
    }

    private async Task<string> PublishAsync(Skyminer skyminer, string rid)
    {
        var result = await skyminer.RunAsync(_deadline.Token, "publish", rid);
        Assert.True(result.ExitCode == 0, result.ToString());
        var program = Path.Combine(skyminer.State, "publish", rid, "skywire");
        Assert.InRange(new FileInfo(program).Length / 1e6, 1, SizeGoalMb);
        return program;
    }

    private async Task RunAsync(Skyminer skyminer, string program, string size)
    {
        var version = await skyminer.ExecuteAsync(program, ["--version"], _deadline.Token);
        Assert.True(version.ExitCode == 0, version.ToString());
        Assert.Matches(@"\d+\.\d+\.\d+", version.Output);

        var key = Path.Combine(skyminer.State, "test.key");
        File.Delete(key);
        var made = await skyminer.ExecuteAsync(program, ["key", "gen", key], _deadline.Token);
        Assert.True(made.ExitCode == 0, made.ToString());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));

        var up = await skyminer.RunAsync(_deadline.Token, ["up", "--detach", "--program", program, .. skyminer.PortArguments]);
        try
        {
            Assert.True(up.ExitCode == 0, up.ToString());
            // With the relay killed and a link dropped too: lost dials are where a mistrimmed program once stood still.
            var check = await skyminer.RunAsync(_deadline.Token, "check", "traffic", "--size", size, "--json");
            Assert.True(check.ExitCode == 0, check.ToString());
        }
        finally
        {
            await skyminer.RunAsync(CancellationToken.None, "down");
        }
    }
}
