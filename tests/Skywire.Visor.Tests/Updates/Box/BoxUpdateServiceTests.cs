using System.Text;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Testing;
using Skywire.Update.Box;
using Skywire.Update.Storage;
using Skywire.Visor.Updates.Box;

namespace Skywire.Visor.Tests.Updates.Box;

public sealed class BoxUpdateServiceTests : IDisposable
{
    private const string ViewOfNobody = """{"by":null,"target":null,"order":0,"holder":null,"holder_target":null,"held_for":"00:00:00","stopped":null}""";

    private readonly BoxSecret _secret = BoxSecret.TryCreate([.. Enumerable.Repeat((byte)1, 32)], out var secret) ? secret! : throw new InvalidOperationException("not a secret");
    private readonly TempFolder _folder = new();
    private readonly BoxUpdateService _service;

    public BoxUpdateServiceTests() => _service = new BoxUpdateService(_secret, "own", static _ => "b stable", new BoxOffer(new UpdateFolder(_folder.Path), "stable"), RolloutOptions.Default, new SimulationEntropy(1).For("own"), new VirtualTime());

    public void Dispose()
    {
        _secret.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Post_Report_IsTakenOnceForOneChallenge()
    {
        var challenge = Challenge();
        var message = BoxMessage.Seal(_secret, BoxUpdatePlan.Report, challenge, Report("null"));
        Assert.Equal(200, Post(message));
        Assert.Equal("a", Assert.Single(_service.Boards()).Board);
        Assert.Equal(403, Post(message));
    }

    [Fact]
    public void Post_OwnChallenge_IsRefused()
        => Assert.Equal(403, Post(BoxMessage.Seal(_secret, BoxUpdatePlan.Report, new string('0', BoxMessage.ChallengeLength), Report("null"))));

    [Theory]
    [InlineData(ViewOfNobody)]
    [InlineData("""{"by":"x","target":"","order":-1,"holder":"","holder_target":"","held_for":"00:00:00","stopped":""}""")]
    [InlineData("""{"by":"x","target":"","order":2147483647,"holder":"","holder_target":"","held_for":"00:00:00","stopped":""}""")]
    [InlineData("""{"by":"x","target":"","order":0,"holder":"a","holder_target":"","held_for":"-00:00:01","stopped":""}""")]
    [InlineData("""{"by":"x","target":"","order":0,"holder":"a","holder_target":"","held_for":"-10675199.02:48:05.4775808","stopped":""}""")]
    public void Post_ViewThatNoCoordinatorHas_IsRefused(string seen)
    {
        Assert.Equal(400, Post(BoxMessage.Seal(_secret, BoxUpdatePlan.Report, Challenge(), Report(seen))));
        Assert.Empty(_service.Boards());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"board":"","version":"1.0.0","state":"Idle","target":"","reason":"","order":0,"seen":null}""")]
    [InlineData("""{"board":"a","version":null,"state":"Idle","target":"","reason":"","order":0,"seen":null}""")]
    [InlineData("""{"board":"a","version":"1.0.0","state":99,"target":"","reason":"","order":0,"seen":null}""")]
    public void Post_NoReport_IsRefused(string json) => Assert.Equal(400, Post(BoxMessage.Seal(_secret, BoxUpdatePlan.Report, Challenge(), Encoding.UTF8.GetBytes(json))));

    private static byte[] Report(string seen) => Encoding.UTF8.GetBytes($$"""{"board":"a","version":"1.0.0","state":"Idle","target":"","reason":"","order":0,"seen":{{seen}}}""");

    private string Challenge()
    {
        var tag = BoxMessage.TagOfGet(_secret, BoxUpdatePlan.Challenge, "");
        return Encoding.ASCII.GetString(Ask(new HttpCall("GET", BoxUpdatePlan.Challenge, [new(BoxMessage.TagHeader, tag)], default)).Body.Span);
    }

    private int Post(byte[] body) => Ask(new HttpCall("POST", BoxUpdatePlan.Report, [], body)).Status;

    private HttpReply Ask(HttpCall call)
    {
        var answer = _service.HandleAsync(call, new HttpPeer(null, default), TestContext.Current.CancellationToken);
        Assert.True(answer.IsCompletedSuccessfully);
        return answer.Result;
    }
}
