using Skywire.Update.Versions;

namespace Skywire.Update.Tests.Versions;

public sealed class SemanticVersionTests
{
    // The specification's own order (section 11), and ours.
    private static readonly string[] Ordered =
    [
        "0.1.0-0.g0000000000", "0.1.0-9.gffffffffff", "0.1.0-10.g0000000000", "0.1.0-123.gabc", "0.1.0",
        "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0", "2.0.0-x".Replace("2.0.0", "2.0.1", StringComparison.Ordinal), "18446744073709551615.0.0",
    ];

    [Fact]
    public void CompareTo_EveryPair_FollowsTheOrder()
    {
        for (var i = 0; i < Ordered.Length; i++)
        {
            for (var j = 0; j < Ordered.Length; j++)
            {
                var (left, right) = (SemanticVersion.Parse(Ordered[i])!, SemanticVersion.Parse(Ordered[j])!);
                Assert.True(Math.Sign(left.CompareTo(right)) == Math.Sign(i.CompareTo(j)), $"{left} against {right}");
                Assert.Equal(i == j, left == right);
                Assert.Equal(i < j, left < right);
            }
        }
    }

    [Fact]
    public void CompareTo_NumbersLongerThanAWord_GoByValue()
        => Assert.True(SemanticVersion.Parse("1.0.0-99999999999999999999")! < SemanticVersion.Parse("1.0.0-100000000000000000000")!);

    [Fact]
    public void Equals_BuildMetadata_DoesNotCount()
    {
        Assert.Equal(SemanticVersion.Parse("1.0.0+a"), SemanticVersion.Parse("1.0.0+b.2"));
        Assert.Equal(SemanticVersion.Parse("1.0.0+a")!.GetHashCode(), SemanticVersion.Parse("1.0.0")!.GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2")]
    [InlineData("1.2.3.4")]
    [InlineData("01.2.3")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-01")]
    [InlineData("1.2.3-a..b")]
    [InlineData("1.2.3+")]
    [InlineData("1.2.3-ä")]
    [InlineData("-1.2.3")]
    [InlineData("18446744073709551616.0.0")]
    [InlineData("v1.2.3")]
    public void Parse_NoVersion_IsNull(string text) => Assert.Null(SemanticVersion.Parse(text));

    [Fact]
    public void Parse_TooLong_IsNull() => Assert.Null(SemanticVersion.Parse("1.2.3-" + new string('a', SemanticVersion.MaxLength)));
}
