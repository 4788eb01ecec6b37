using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Visor.Api;
using Skywire.Visor.Hosting;
using Skywire.Visor.Metrics;
using Skywire.Visor.Tests.Wifi;
using Skywire.Wifi.Running;
using Skywire.Wire;

namespace Skywire.Visor.Tests.Api;

public sealed class ApiHandlerTests : TestBase
{
    private readonly FakeVisor _visor = new();
    private readonly LogRing _log = new(100, TimeProvider.System);

    [Theory]
    [InlineData("status", """{"public_key":"A","name":"attic","version":"1.2.3","commit":"abc","started_at":"2026-11-21T07:00:00+00:00","uptime_seconds":61,"state":"joined","state_reason":"1 transport up","dmsg":{"enabled":true,"ready":true,"reason":"","servers":["C"]},"services":[{"name":"route_finder","url":"http://192.0.2.1","state":"ok","reason":"","last_answer_at":"2026-11-21T07:00:00+00:00","answers":3,"failures":1}],"box":null,"transports_up":1,"route_groups":1,"rules":1,"listening":[{"what":"stcpr","address":"0.0.0.0:7770"}],"update":null,"wifi":null,"warnings":["no services.uptime_tracker: uptime is not counted"]}""")]
    [InlineData("health", """{"healthy":true,"checks":[{"name":"started","ok":true,"reason":""}]}""")]
    [InlineData("transports", """[{"id":"ID","remote_key":"B","type":"stcpr","label":"user","up":true,"initiator":true,"sent_bytes":100,"received_bytes":200,"sent_packets":3,"received_packets":4,"age_seconds":5.5,"round_trip_ms":1.5,"remote_address":"192.0.2.7:7777"}]""")]
    [InlineData("routes", """[{"route_id":7,"type":"forward","next_transport":"ID","next_route_id":9,"remote":"B","local_port":49152,"remote_port":3,"keep_alive_seconds":30}]""")]
    [InlineData("route-groups", """[{"remote":"B","remote_port":3,"local_port":49152,"round_trip_ms":2.5,"sent_bytes":10,"received_bytes":20}]""")]
    [InlineData("apps", """[{"name":"skysocks","kind":"skysocks","port":3,"auto_start":true,"status":"running","detail":"","connections":1}]""")]
    [InlineData("samples", """{"interval_seconds":1,"samples":[{"at":"2026-11-21T07:00:00+00:00","sent":10,"received":20,"transports":1,"route_groups":1}]}""")]
    [InlineData("config", """{"schema_version":1}""")]
    [InlineData("routes/find?remote_key=B&min_hops=2", """{"destination":"B","forward":[[{"transport_id":"ID","from":"A","to":"B"}]],"reverse":[]}""")]
    public async Task Get_EachResource_HasTheStableShape(string path, string expected)
    {
        var reply = await SendAsync("GET", "/api/v1/" + Keys(path));
        Assert.Equal(200, reply.Status);
        Assert.Equal("application/json", reply.ContentType);
        Assert.Equal(expected, Short(Text(reply)));
    }

    [Fact]
    public async Task Get_Box_HasTheStableShapeOrSaysThatThereIsNone()
    {
        var none = await SendAsync("GET", "/api/v1/box");
        Assert.Equal(409, none.Status);
        Assert.Contains("\"no_box\"", Text(none), StringComparison.Ordinal);
        _visor.Box = FakeVisor.SampleBox;
        const string Expected = """{"mesh_name":"home","mesh_id":"0011223344556677","role":"following","joined":true,"reason":"","problem":"","since":"2026-11-21T07:00:00+00:00","serving":{"key":"B","name":"cellar","address":"192.0.2.7","is_self":false,"term":2},"members":[{"key":"B","name":"cellar","address":"192.0.2.7","serving":true,"linked":true,"silence_seconds":0.5}],"takeovers":1,"ways":2,"beacons_sent":10,"beacons_heard":20,"beacons_refused":{"tag":3}}""";
        Assert.Equal(Expected, Short(Text(await SendAsync("GET", "/api/v1/box"))));
        Assert.Contains("\"box\":" + Expected, Short(Text(await SendAsync("GET", "/api/v1/status"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Update_HasTheStableShapeOrSaysThatThereIsNone()
    {
        var none = await SendAsync("GET", "/api/v1/update");
        Assert.Equal(409, none.Status);
        Assert.Contains("\"no_updates\"", Text(none), StringComparison.Ordinal);
        _visor.Updates = new FakeUpdates();
        Assert.Equal(
            """{"phase":"downloading","reason":"","version":"1.2.3","slot":"A","compatible":"skyminer-universal","channel":"stable","automatic":true,"window":"02:00-05:00","feed":"https://updates.example/stable.json","target":"1.3.0","changelog":"faster","percent":40,"step":"","bytes_total":1000,"bytes_held":400,"bytes_from_slot":300,"bytes_fetched":100,"retries":1,"total_fetched":100,"total_reused":300,"last_check":"2026-11-21T07:00:00+00:00","check_fault":"","last_good":"2026-11-21T07:00:00+00:00","refusal":"","refusal_cause":"","remedy":"","refusals":{"bad_signature":2},"failed":[{"version":"1.2.9","reason":"0 of 1 links are up"}],"order":null,"folder":"/data/update","rollout":null}""",
            Text(await SendAsync("GET", "/api/v1/update")));
        Assert.Equal(
            """[{"at":"2026-11-21T07:00:00+00:00","event":"good","version":"1.2.3","from_version":"1.2.2","slot":"A","code":"","reason":"","trial":""}]""",
            Text(await SendAsync("GET", "/api/v1/update/history")));
        Assert.Contains("\"update\":{\"phase\":\"idle\",\"version\":\"1.2.3\",\"slot\":\"A\",\"target\":\"\",\"percent\":0,\"reason\":\"\"}", Text(await SendAsync("GET", "/api/v1/status")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Wifi_IsTheReportOrSaysThatThereIsNone()
    {
        var none = await SendAsync("GET", "/api/v1/wifi");
        Assert.Equal(409, none.Status);
        Assert.Contains("\"no_wifi\"", Text(none), StringComparison.Ordinal);
        _visor.Wifi = SampleAir.View;
        var report = JsonSerializer.Serialize(SampleAir.Report, WifiJson.Default.WifiReport);
        Assert.Equal("{\"is_running\":true," + report[1..], Text(await SendAsync("GET", "/api/v1/wifi")));
        Assert.Contains("\"wifi\":{\"is_running\":true,\"state\":\"joined\",\"reason\":\"linked to 2 boards\",\"mesh_name\":\"home\",\"neighbours\":2}", Text(await SendAsync("GET", "/api/v1/status")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check", "", 200, "check")]
    [InlineData("install", "{}", 202, "install file= version= downgrade= box=")]
    [InlineData("install", """{"version":"1.3.0","allow_downgrade":true,"box":true}""", 202, "install file= version=1.3.0 downgrade=True box=True")]
    [InlineData("rollback", "", 200, "rollback")]
    [InlineData("cancel", "", 200, "cancel")]
    public async Task ChangeUpdate_EachCommand_ReachesTheVisor(string path, string body, int status, string call)
    {
        _visor.Updates = new FakeUpdates();
        Assert.Equal(status, (await SendAsync("POST", "/api/v1/update/" + path, body)).Status);
        Assert.Equal(call, Assert.Single(_visor.Updates.Calls));
    }

    [Theory]
    [InlineData("POST", "transports", """{"remote_key":"B","type":"stcpr"}""", 201, "add B stcpr")]
    [InlineData("DELETE", "transports/ID", "", 200, "remove ID")]
    [InlineData("POST", "routes/dial", """{"remote_key":"B","port":3,"min_hops":2}""", 200, "dial 3 2")]
    [InlineData("POST", "routes/dial", """{"remote_key":"B","port":3}""", 200, "dial 3 ")]
    [InlineData("POST", "ping", """{"remote_key":"B"}""", 200, "ping 3")]
    [InlineData("POST", "apps/skysocks/start", "", 200, "start skysocks")]
    [InlineData("POST", "apps/skysocks/stop", "", 200, "stop skysocks")]
    public async Task Change_EachCommand_ReachesTheVisor(string method, string path, string body, int status, string call)
    {
        var reply = await SendAsync(method, "/api/v1/" + Keys(path), Keys(body));
        Assert.Equal(status, reply.Status);
        Assert.Equal(Keys(call), Assert.Single(_visor.Calls));
    }

    [Theory]
    [InlineData("GET", "/nothing", "", 404, "not_found")]
    [InlineData("GET", "/api/v1/nothing", "", 404, "not_found")]
    [InlineData("GET", "/api/v1/apps//log", "", 404, "not_found")]
    [InlineData("POST", "/api/v1/status", "", 405, "method_not_allowed")]
    [InlineData("DELETE", "/api/v1/transports", "", 405, "method_not_allowed")]
    [InlineData("DELETE", "/api/v1/transports/xyz", "", 400, "bad_request")]
    [InlineData("DELETE", "/api/v1/transports/00000000-0000-0000-0000-000000000001", "", 404, "not_found")]
    [InlineData("POST", "/api/v1/transports", "", 400, "bad_request")]
    [InlineData("POST", "/api/v1/transports", "null", 400, "bad_request")]
    [InlineData("POST", "/api/v1/transports", "{}", 400, "bad_request")]
    [InlineData("POST", "/api/v1/transports", """{"remote_key":"B","type":"carrier-pigeon"}""", 400, "bad_request")]
    [InlineData("POST", "/api/v1/transports", """{"remote_key":"02ab","type":"stcpr"}""", 400, "bad_request")]
    [InlineData("POST", "/api/v1/transports", """{"remote_key":"B","type":"stcpr","extra":1}""", 400, "bad_request")]
    [InlineData("POST", "/api/v1/routes/dial", """{"remote_key":"B","port":0}""", 400, "bad_request")]
    [InlineData("POST", "/api/v1/ping", """{"remote_key":"B","count":101}""", 400, "bad_request")]
    [InlineData("GET", "/api/v1/log?limit=0", "", 400, "bad_request")]
    [InlineData("GET", "/api/v1/log?level=loud", "", 400, "bad_request")]
    [InlineData("GET", "/api/v1/apps/nobody/log", "", 404, "not_found")]
    [InlineData("POST", "/api/v1/apps/nobody/start", "", 404, "not_found")]
    public async Task Any_BadRequest_IsRefusedWithCodeMessageRemedy(string method, string path, string body, int status, string code)
    {
        var reply = await SendAsync(method, path, Keys(body));
        Assert.Equal(status, reply.Status);
        Assert.StartsWith($$"""{"error":{"code":"{{code}}","message":""", Text(reply), StringComparison.Ordinal);
        Assert.DoesNotContain("\"remedy\":\"\"", Text(reply), StringComparison.Ordinal);
    }

    public static TheoryData<Exception, int, string> Failures => new()
    {
        { new ProtocolException(ProtocolError.NotTrusted, "x"), 403, "not_trusted" },
        { new ProtocolException(ProtocolError.TimedOut, "x"), 504, "timed_out" },
        { new ProtocolException(ProtocolError.NoRoute, "x"), 502, "no_route" },
        { new ProtocolException(ProtocolError.TypeNotEnabled, "x"), 409, "type_not_enabled" },
        { new ServiceException("route finder", 0, "x"), 502, "service_unreachable" },
        { new ServiceException("route finder", 500, "x"), 502, "service_refused" },
        { new ControlException("no_route_finder", "x", "y"), 409, "no_route_finder" },
        { new IOException("x"), 502, "io" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Change_Failure_CarriesItsCause(Exception failure, int status, string code)
    {
        _visor.Failure = failure;
        var reply = await SendAsync("POST", "/api/v1/ping", Keys("""{"remote_key":"B"}"""));
        Assert.Equal(status, reply.Status);
        Assert.Contains($"\"code\":\"{code}\"", Text(reply), StringComparison.Ordinal);
    }

    [Fact]
    public void Remedies_EveryCause_HasAWordAndAText()
    {
        foreach (var cause in Enum.GetValues<ProtocolError>())
        {
            Assert.Matches("^[a-z0-9_]+$", Remedies.Word(cause));
            Assert.NotEmpty(Remedies.For(cause));
        }
    }

    [Fact]
    public async Task Change_HangsBeyondTheLimit_Is504()
    {
        _visor.Hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reply = await SendAsync("POST", "/api/v1/ping", Keys("""{"remote_key":"B"}"""), limit: TimeSpan.FromMilliseconds(20));
        Assert.Equal(504, reply.Status);
    }

    [Fact]
    public async Task Health_Unfit_Is503()
    {
        _visor.Healthy = false;
        Assert.Equal(503, (await SendAsync("GET", "/api/v1/health")).Status);
    }

    [Fact]
    public async Task Log_SinceLevelComponent_Filter()
    {
        Write("Skywire.Dmsg.DmsgClient", LogLevel.Information, "one");
        Write("Skywire.Routing.Router", LogLevel.Warning, "two");
        Write(AppLogCategory.Of("skysocks"), LogLevel.Warning, "three");
        Assert.Equal(["one", "two", "three"], Messages(await SendAsync("GET", "/api/v1/log")));
        Assert.Equal(["two", "three"], Messages(await SendAsync("GET", "/api/v1/log?since=1")));
        Assert.Equal(["two", "three"], Messages(await SendAsync("GET", "/api/v1/log?level=warning")));
        Assert.Equal(["one"], Messages(await SendAsync("GET", "/api/v1/log?component=dmsg")));
        Assert.Equal(["three"], Messages(await SendAsync("GET", "/api/v1/log?limit=1")));
        Assert.Equal(["three"], Messages(await SendAsync("GET", "/api/v1/apps/skysocks/log")));
        Assert.Contains("\"next\":3", Text(await SendAsync("GET", "/api/v1/log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_SwitchedOff_IsNotThere()
    {
        var handler = new ApiHandler(_visor, _log, Gate(), null, TimeProvider.System, TimeSpan.FromSeconds(5));
        Assert.Equal(404, (await handler.HandleAsync(new HttpCall("GET", "/metrics", [], default), default, Deadline)).Status);
    }

    // The page's own files hold nothing, and its script may have the password from the QR code's link; everything else is asked for it.
    [Theory]
    [InlineData("/", 200)]
    [InlineData("/page.js", 200)]
    [InlineData("/api/v1/status", 401)]
    [InlineData("/metrics", 401)]
    [InlineData("/nothing", 401)]
    public async Task Get_PasswordMissing_OnlyThePageComes(string path, int status)
    {
        var gate = new RequestGate([], PasswordHash.Create("correct horse"), TimeProvider.System);
        var handler = new ApiHandler(_visor, _log, gate, new MetricsPage(_visor), TimeProvider.System, TimeSpan.FromSeconds(5));
        var peer = new HttpPeer(System.Net.IPAddress.Parse("192.0.2.9"), default);
        Assert.Equal(status, (await handler.HandleAsync(new HttpCall("GET", path, [new("Host", "192.0.2.1:8000")], default), peer, Deadline)).Status);
        Assert.Equal(403, (await handler.HandleAsync(new HttpCall("GET", path, [new("Host", "evil.example")], default), peer, Deadline)).Status);
    }

    [Fact]
    public async Task Any_RandomTargetAndBody_NeverThrows()
    {
        var random = new Random(5);
        string[] methods = ["GET", "POST", "DELETE", "PUT", "HEAD", ""];
        for (var i = 0; i < 2000; i++)
        {
            var target = "/api/v1/" + new string([.. Enumerable.Range(0, random.Next(30)).Select(_ => "transporslg/?=&%+ab0"[random.Next(20)])]);
            var body = new byte[random.Next(40)];
            random.NextBytes(body);
            var reply = await Handler().HandleAsync(new HttpCall(methods[random.Next(methods.Length)], target, [], body), default, Deadline);
            Assert.InRange(reply.Status, 200, 504);
        }
    }

    private static RequestGate Gate() => new([], null, TimeProvider.System);

    private static string Keys(string text) => text.Replace("\"B\"", $"\"{TestKeys.B}\"", StringComparison.Ordinal).Replace("remote_key=B", "remote_key=" + TestKeys.B, StringComparison.Ordinal)
        .Replace("add B", $"add {TestKeys.B}", StringComparison.Ordinal).Replace("/ID", "/" + FakeVisor.Id, StringComparison.Ordinal).Replace("remove ID", $"remove {FakeVisor.Id}", StringComparison.Ordinal);

    private static string Short(string text) => text.Replace(TestKeys.A.ToString(), "A", StringComparison.Ordinal).Replace(TestKeys.B.ToString(), "B", StringComparison.Ordinal)
        .Replace(TestKeys.C.ToString(), "C", StringComparison.Ordinal).Replace(FakeVisor.Id.ToString(), "ID", StringComparison.Ordinal);

    private static string Text(HttpReply reply) => Encoding.UTF8.GetString(reply.Body.Span);

    private static IEnumerable<string> Messages(HttpReply reply) => System.Text.Json.JsonDocument.Parse(reply.Body).RootElement.GetProperty("lines").EnumerateArray().Select(l => l.Text("message"));

    private ApiHandler Handler(TimeSpan? limit = null) => new(_visor, _log, Gate(), new MetricsPage(_visor), TimeProvider.System, limit ?? TimeSpan.FromSeconds(30));

    private Task<HttpReply> SendAsync(string method, string target, string body = "", TimeSpan? limit = null)
        => Handler(limit).HandleAsync(new HttpCall(method, target, [], Encoding.UTF8.GetBytes(body)), default, Deadline);

    private void Write(string category, LogLevel level, string message) => _log.CreateLogger(category).Log(level, 0, message, null, static (s, _) => s);
}
