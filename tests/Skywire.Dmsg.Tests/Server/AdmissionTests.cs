using System.Net;
using Skywire.Dmsg.Server;

namespace Skywire.Dmsg.Tests.Server;

public sealed class AdmissionTests
{
    private static readonly DmsgServerOptions Options = new() { PublicAddress = "a:1", MaxSessions = 4, MaxSessionsPerAddress = 2, MaxPendingHandshakes = 3 };

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void TryEnter_ThirdOfASource_IsRefused(string first, string second, bool isSameSource)
    {
        var admission = new Admission(Options with { MaxPendingHandshakes = 10 });
        using var a = admission.TryEnter(At(first));
        using var b = admission.TryEnter(At(first));
        Assert.NotNull(b);
        using var c = admission.TryEnter(At(second));
        Assert.Equal(isSameSource, c is null);
    }

    [Fact]
    public void TryEnter_TooManyInHandshake_WaitsForOneToFinish()
    {
        var admission = new Admission(Options);
        using var a = admission.TryEnter(At("10.0.0.1"));
        using var b = admission.TryEnter(At("10.0.0.2"));
        using var c = admission.TryEnter(At("10.0.0.3"));
        Assert.Null(admission.TryEnter(At("10.0.0.4")));
        a!.HandshakeDone();
        a.HandshakeDone();
        using var d = admission.TryEnter(At("10.0.0.4"));
        Assert.NotNull(d);
        b!.HandshakeDone();
        Assert.Null(admission.TryEnter(At("10.0.0.5"))); // four sessions are the most
        a.Dispose();
        a.Dispose();
        using var e = admission.TryEnter(At("10.0.0.5"));
        Assert.NotNull(e);
        Assert.Null(admission.TryEnter(null));
    }

    private static IPEndPoint At(string address) => new(IPAddress.Parse(address), 1);
}
