using Xunit;

namespace Skywire.Integration.Tests;

/// <summary>Boards on one wire with nothing but a secret, as real processes.</summary>
[Collection("lab")]
[Trait("Category", "Slow")]
public sealed class BoxLabTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(4));
    private readonly Skyminer _skyminer = new("box", 21080);

    /// <inheritdoc/>
    public void Dispose() => _deadline.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CheckBoxLab_ThreeBoards_JoinCarryAndTakeOver(bool linkLocal)
    {
        if (Environment.UserName != "root")
        {
            Assert.Skip("network namespaces need root");
        }

        var result = await _skyminer.RunAsync(_deadline.Token, ["check", "box-lab", "--size", "5M", "--json", .. linkLocal ? ["--link-local"] : Array.Empty<string>()]);
        Assert.True(result.ExitCode == 0, result.ToString());
        var report = result.Json;
        Assert.True(report.GetProperty("ok").GetBoolean());
        Assert.True(report.GetProperty("lowest_key_serves").GetBoolean());
        Assert.True(report.GetProperty("sha256_equal").GetBoolean());
        Assert.True(report.GetProperty("sha256_equal_again").GetBoolean());
        Assert.NotEqual(report.GetProperty("serving").GetString(), report.GetProperty("serving_then").GetString());
        Assert.False(report.GetProperty("late_lower_key_serves").GetBoolean());
    }
}
