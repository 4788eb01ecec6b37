using Skywire.Workbench.Checks.Wifi;

namespace Skywire.Workbench.Tests.Checks.Wifi;

public sealed class LeftoversTests
{
    private const string Before = "supplicants 4\nservices 4\ninterfaces 8\nradios 4\nhandles-1 40\n";

    [Fact]
    public void Judge_TheSameAndAFewHandlesMore_IsNothing() => Assert.Empty(Judge(Before.Replace("handles-1 40", "handles-1 48", StringComparison.Ordinal)));

    [Theory]
    [InlineData("supplicants 4", "supplicants 5")]
    [InlineData("services 4", "services 3")]
    [InlineData("interfaces 8", "interfaces 9")]
    [InlineData("radios 4", "radios 3")]
    [InlineData("handles-1 40", "handles-1 49")]
    [InlineData("handles-1 40", "handles-1 0")]
    public void Judge_AnythingElse_IsNamed(string was, string became)
        => Assert.StartsWith(was.Split(' ')[0], Assert.Single(Judge(Before.Replace(was, became, StringComparison.Ordinal))), StringComparison.Ordinal);

    [Fact]
    public void Judge_MissingCount_IsNamed() => Assert.Single(Judge("supplicants 4\nservices 4\ninterfaces 8\nradios 4\nls: cannot access\n"));

    private static IReadOnlyList<string> Judge(string after) => Leftovers.Judge(Leftovers.Parse(Before), Leftovers.Parse(after));
}
