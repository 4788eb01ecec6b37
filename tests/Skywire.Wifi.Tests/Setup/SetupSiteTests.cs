using System.Text;
using Skywire.Testing;
using Skywire.Wifi.Setup;
using Skywire.Wifi.Setup.Http;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupSiteTests : TestBase
{
    private const string Good = "name=attic&country=DE&mesh=new&mesh_name=home&passphrase=correct+horse";

    private readonly FakeState _state = new();
    private readonly FakeSink _sink = new();
    private readonly SetupSite _site;

    public SetupSiteTests() => _site = new SetupSite(new Uri("http://10.77.0.1/"), _state, _sink);

    // What Android, Apple, Windows and Firefox ask for, and what a person types.
    [Theory]
    [InlineData("connectivitycheck.gstatic.com", "/generate_204")]
    [InlineData("captive.apple.com", "/hotspot-detect.html")]
    [InlineData("www.msftconnecttest.com", "/connecttest.txt")]
    [InlineData("detectportal.firefox.com", "/canonical.html")]
    [InlineData("10.77.0.1", "/favicon.ico")]
    [InlineData("10.77.0.1:8080", "/")]
    [InlineData("", "/")]
    public async Task AnswerAsync_Elsewhere_LeadsToThePage(string host, string path)
    {
        var reply = await Ask("GET", host, path);
        Assert.Equal((302, "http://10.77.0.1/"), (reply.Status, reply.Location));
        var text = Encoding.UTF8.GetString(reply.ToBytes(withBody: true));
        Assert.Contains("\r\nLocation: http://10.77.0.1/\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nCache-Control: no-store\r\n", text, StringComparison.Ordinal);
        // Who takes these words for being online stays on a network that leads nowhere.
        Assert.DoesNotContain("Success", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.77.0.1")]
    [InlineData("10.77.0.1:80")]
    public async Task AnswerAsync_Page_IsShown(string host)
    {
        var reply = await Ask("GET", host, "/");
        Assert.Equal(200, reply.Status);
        Assert.Contains("<form", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnswerAsync_GoodAnswers_AreHandedOnOnce()
    {
        Assert.Contains("Done", (await Post(Good)).Body, StringComparison.Ordinal);
        Assert.Equal("home", _sink.Got.Single().MeshName);
        // A second press, and a second look.
        Assert.Contains("Done", (await Post(Good)).Body, StringComparison.Ordinal);
        Assert.Contains("Done", (await Ask("GET", "10.77.0.1", "/")).Body, StringComparison.Ordinal);
        Assert.Single(_sink.Got);
    }

    [Fact]
    public async Task AnswerAsync_BadAnswers_ComeBack()
    {
        var reply = await Post(Good.Replace("correct+horse", "short", StringComparison.Ordinal));
        Assert.Equal(422, reply.Status);
        Assert.Contains("The passphrase has 5 characters, fewer than 8.", reply.Body, StringComparison.Ordinal);
        Assert.Contains("value=\"attic\"", reply.Body, StringComparison.Ordinal);
        Assert.Contains("value=\"DE\" selected", reply.Body, StringComparison.Ordinal);
        Assert.Empty(_sink.Got);
        Assert.Null(_state.TakenMesh);
    }

    [Fact]
    public async Task AnswerAsync_CannotBeHandedOn_SaysSoAndTakesThemAgain()
    {
        _sink.Fault = new IOException("no space");
        var reply = await Post(Good);
        Assert.Equal(503, reply.Status);
        Assert.Contains("could not take the settings", reply.Body, StringComparison.Ordinal);
        Assert.Contains("value=\"attic\"", reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", reply.Body, StringComparison.Ordinal);
        _sink.Fault = null;
        Assert.Equal(200, (await Post(Good)).Status);
        Assert.Single(_sink.Got);
    }

    [Theory]
    [InlineData("10.77.0.1", "http://evil.example", "")]
    [InlineData("10.77.0.1", "null", "")]
    [InlineData("10.77.0.1", "http://10.77.0.1.evil.example", "")]
    [InlineData("10.77.0.1", "", "http://evil.example/form")]
    [InlineData("10.77.0.1", "", "http://10.77.0.1.evil.example/")]
    [InlineData("evil.example", "http://evil.example", "")]
    public async Task AnswerAsync_ForeignForm_IsRefused(string host, string origin, string referrer)
    {
        var reply = await Post(Good, host, origin, referrer);
        Assert.Equal(403, reply.Status);
        Assert.Empty(_sink.Got);
    }

    [Theory]
    [InlineData("http://10.77.0.1", "")]
    [InlineData("", "http://10.77.0.1/")]
    [InlineData("", "")]
    public async Task AnswerAsync_OwnForm_IsTaken(string origin, string referrer) => Assert.Equal(200, (await Post(Good, "10.77.0.1", origin, referrer)).Status);

    [Fact]
    public async Task AnswerAsync_OtherType_IsRefused()
    {
        Assert.Equal(415, (await _site.AnswerAsync(Request("POST", "10.77.0.1", "/") with { ContentType = "text/plain", Body = Encoding.ASCII.GetBytes(Good) }, Deadline)).Status);
        Assert.Equal(400, (await Post("a=%")).Status);
        Assert.Equal(405, (await Ask("PUT", "10.77.0.1", "/")).Status);
    }

    private Task<SetupReply> Ask(string method, string host, string path) => _site.AnswerAsync(Request(method, host, path), Deadline);

    private Task<SetupReply> Post(string body, string host = "10.77.0.1", string origin = "http://10.77.0.1", string referrer = "")
        => _site.AnswerAsync(Request("POST", host, "/") with { Origin = origin, Referrer = referrer, ContentType = "application/x-www-form-urlencoded", Body = Encoding.ASCII.GetBytes(body) }, Deadline);

    private static SetupRequest Request(string method, string host, string path) => new() { Method = method, Host = host, Path = path };

    private sealed class FakeState : ISetupState
    {
        public string? TakenMesh { get; private set; }

        public SetupView View() => SetupSamples.View();

        public bool TryTake(SetupAnswers answers)
        {
            if (TakenMesh is not null)
            {
                return false;
            }

            TakenMesh = answers.MeshName;
            return true;
        }

        public void GiveBack(string why) => TakenMesh = null;
    }
}
