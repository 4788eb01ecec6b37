using System.Security.Cryptography;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupCodeTests
{
    [Fact]
    public void Make_ManyTimes_IsWellFormedAndUsesEveryCharacterEvenly()
    {
        var seen = new Dictionary<char, int>();
        var codes = new HashSet<string>();
        for (var i = 0; i < 3100; i++)
        {
            var code = SetupCode.Make(RandomNumberGenerator.Fill);
            Assert.Matches("^[2-9a-hj-km-np-z]{5}-[2-9a-hj-km-np-z]{5}$", code);
            Assert.True(codes.Add(code));
            foreach (var c in code.Where(c => c != '-'))
            {
                seen[c] = seen.GetValueOrDefault(c) + 1;
            }
        }

        // 1000 of each are expected, with a deviation of 31.
        Assert.Equal(31, seen.Count);
        Assert.All(seen.Values, n => Assert.InRange(n, 800, 1200));
    }

    [Fact]
    public void Make_BytesAboveTheFairRange_AreThrownAway()
    {
        var calls = 0;
        var code = SetupCode.Make(bytes => bytes.Fill(++calls == 1 ? (byte)255 : (byte)0));
        Assert.Equal("22222-22222", code);
        Assert.Equal(2, calls);
    }

    [Theory]
    [InlineData("Skyminer-setup-A1B2", "k7mf2-rtw9x", "WIFI:T:WPA;S:Skyminer-setup-A1B2;P:k7mf2-rtw9x;;")]
    [InlineData("a;b", "c\\d:e", "WIFI:T:WPA;S:a\\;b;P:c\\\\d\\:e;;")]
    public void QrText_Name_IsEscaped(string name, string code, string expected) => Assert.Equal(expected, SetupCode.QrText(name, code));
}
