using Skywire.Bench.Crypto;
using Skywire.Bench.Measuring;

namespace Skywire.Bench.Tests.Crypto;

public sealed class CryptoOptionsTests
{
    [Fact]
    public void Parse_Nothing_MeasuresEverything()
    {
        var options = CryptoOptions.Parse([]);
        Assert.Equal(new CryptoOptions(), options);
        Assert.Equal(Interleaved.DefaultRounds, options!.Rounds);
    }

    [Fact]
    public void Parse_AllOptions_AreTaken()
    {
        var options = CryptoOptions.Parse(["--json", "--only", "seal", "--rounds", "7", "--no-avx512", "--gate"]);
        Assert.True(options is { Json: true, Only: "seal", Rounds: 7, NoAvx512: true, Gate: true, IsChild: false });
    }

    [Theory]
    [InlineData("--only")]
    [InlineData("--rounds", "0")]
    [InlineData("--rounds", "many")]
    [InlineData("--fast")]
    public void Parse_Nonsense_IsNull(params string[] args) => Assert.Null(CryptoOptions.Parse(args));
}
