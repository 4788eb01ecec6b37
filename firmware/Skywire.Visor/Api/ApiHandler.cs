// The local API and page: request in, answer out, no sockets (Kestrel stands around it in the product, nothing in tests).
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Hosting;
using Skywire.Visor.Metrics;
using Skywire.Wire;

namespace Skywire.Visor.Api;

/// <summary>Answers requests to <c>/</c>, <c>/metrics</c> and <c>/api/v1/...</c>. Thread-safe.</summary>
internal sealed class ApiHandler : IHttpService
{
    private const string Prefix = "/api/v1/";

    // Enough for every request of this API; a change is a key and a word.
    private const int MaxBody = 16 * 1024;
    private const int MaxLogLines = 1000;
    private const int MaxPings = 100;

    private readonly IVisorControl _visor;
    private readonly LogRing _log;
    private readonly RequestGate _gate;
    private readonly MetricsPage? _metrics;
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly Route[] _routes;

    /// <summary>Serves <paramref name="visor"/>. Without <paramref name="metrics"/> there is no /metrics. <paramref name="limit"/> bounds one request.</summary>
    public ApiHandler(IVisorControl visor, LogRing log, RequestGate gate, MetricsPage? metrics, TimeProvider time, TimeSpan limit)
    {
        _visor = visor;
        _log = log;
        _gate = gate;
        _metrics = metrics;
        _time = time;
        _limit = limit;
        _routes =
        [
            Get("status", r => Json(_visor.Status(), ApiJson.Default.StatusView)),
            Get("box", r => _visor.Status().Box is { } box ? Json(box, ApiJson.Default.BoxView) : throw new ControlException("no_box", "this board belongs to no box", "add the section \"box\" to the configuration (docs/box.md)")),
            Get("wifi", r => _visor.Wifi() is { } wifi ? Json(wifi, ApiJson.Default.WifiView) : throw new ControlException("no_wifi", "no wifi service reports to this visor", "wifi needs a board's image and a radio (docs/wifi.md)")),
            Get("health", r => _visor.Health() is var health ? Json(health, ApiJson.Default.HealthView, health.Healthy ? 200 : 503) : null!),
            Get("transports", r => Json(_visor.Transports(), ApiJson.Default.IReadOnlyListTransportView)),
            Get("routes", r => Json(_visor.Rules(), ApiJson.Default.IReadOnlyListRuleView)),
            Get("route-groups", r => Json(_visor.RouteGroups(), ApiJson.Default.IReadOnlyListRouteGroupView)),
            Get("apps", r => Json(_visor.Apps(), ApiJson.Default.IReadOnlyListAppView)),
            Get("samples", r => Json(_visor.Samples(), ApiJson.Default.SamplesView)),
            Get("config", r => new HttpReply(200, "application/json", _visor.Config())),
            Get("update", r => Json(Updates.View(), ApiJson.Default.UpdateView)),
            Get("update/history", r => Json(Updates.History(), ApiJson.Default.IReadOnlyListHistoryEntry)),
            Get("log", r => Log(r, r.Text("component"))),
            Get("apps/*/log", r => AppLog(r)),
            new("GET", ["routes", "find"], FindRoutesAsync),
            new("POST", ["transports"], AddTransportAsync),
            new("DELETE", ["transports", "*"], RemoveTransportAsync),
            new("POST", ["routes", "dial"], DialAsync),
            new("POST", ["ping"], PingAsync),
            new("POST", ["update", "check"], async (r, c) => Json(await Updates.CheckAsync(c), ApiJson.Default.UpdateView)),
            new("POST", ["update", "install"], (r, c) => Task.FromResult(Json(Updates.Install(Body(r, ApiJson.Default.InstallUpdateRequest)), ApiJson.Default.UpdateView, 202))),
            new("POST", ["update", "rollback"], async (r, c) => Json(await Updates.RollbackAsync(c), ApiJson.Default.UpdateView)),
            new("POST", ["update", "cancel"], (r, c) => Task.FromResult(Json(Updates.Cancel(), ApiJson.Default.UpdateView))),
            new("POST", ["apps", "*", "start"], (r, c) => AppAsync(r, _visor.StartAppAsync, c)),
            new("POST", ["apps", "*", "stop"], (r, c) => AppAsync(r, _visor.StopAppAsync, c)),
        ];
    }

    private IUpdateControl Updates => _visor.Updates ?? throw new ControlException("no_updates", "this visor takes care of no updates", "updates need a board's image (docs/updates.md)");

    private delegate Task<HttpReply> Handler(Request request, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public async Task<HttpReply> HandleAsync(HttpCall call, HttpPeer peer, CancellationToken cancellationToken)
    {
        var question = call.Target.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? call.Target : call.Target[..question];
        var isGet = call.Method is "GET" or "HEAD";
        var asset = isGet ? PageAssets.Find(path) : null;
        // The page's own files are the same on every visor and hold nothing: they come without a password, so that the script can take one from the QR code's link.
        if ((asset is null ? _gate.Refuse(call, peer) : _gate.RefuseHost(call, peer)) is { } refusal)
        {
            return Error(refusal.Status, refusal.Error);
        }

        if (asset is not null)
        {
            return asset;
        }

        if (isGet && path == "/metrics" && _metrics is not null)
        {
            return new HttpReply(200, MetricsPage.ContentType, _metrics.Write());
        }

        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return NotFound($"there is nothing at {path}");
        }

        var segments = path[Prefix.Length..].Split('/');
        var found = false;
        foreach (var route in _routes)
        {
            if (!route.Fits(segments))
            {
                continue;
            }

            found = true;
            if (route.Method == (isGet ? "GET" : call.Method))
            {
                return await RunAsync(route.Handler, new Request(segments, Query(call.Target, question), call), cancellationToken);
            }
        }

        return found ? Error(405, new ErrorView("method_not_allowed", $"{call.Method} does not fit {path}", "see docs/api.md")) : NotFound($"there is nothing at {path}");
    }

    /// <summary>An answer of the API's error form.</summary>
    internal static HttpReply Error(int status, ErrorView error) => Json(new ErrorBody(error), ApiJson.Default.ErrorBody, status);

    private async Task<HttpReply> RunAsync(Handler handler, Request request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return request.Call.Body.Length > MaxBody
                ? Error(413, new ErrorView("body_too_large", $"the body has {request.Call.Body.Length} bytes, more than {MaxBody}", "send less"))
                : await handler(request, either.Token);
        }
        catch (BadRequestException e)
        {
            return Error(400, new ErrorView("bad_request", e.Message, e.Remedy));
        }
        catch (ControlException e)
        {
            return Error(409, new ErrorView(e.Code, e.Message, e.Remedy));
        }
        catch (ProtocolException e)
        {
            return Error(Remedies.Status(e.Error), new ErrorView(Remedies.Word(e.Error), e.Message, Remedies.For(e.Error)));
        }
        catch (ServiceException e)
        {
            var cause = e.Status == 0 ? ProtocolError.ServiceUnreachable : ProtocolError.ServiceRefused;
            return Error(502, new ErrorView(Remedies.Word(cause), e.Message, Remedies.For(cause)));
        }
        catch (IOException e)
        {
            return Error(502, new ErrorView("io", e.Message, "see \"skywire log\" for what came before"));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return Error(504, new ErrorView("timed_out", $"not done within {_limit.TotalSeconds:0} seconds", Remedies.For(ProtocolError.TimedOut)));
        }
    }

    private HttpReply Log(Request request, string component)
    {
        var level = request.Text("level") is { Length: > 0 } word
            ? Enum.TryParse<LogLevel>(word, ignoreCase: true, out var parsed) ? parsed : throw new BadRequestException($"level is \"{word}\"", "use trace, debug, information, warning, error or critical")
            : LogLevel.Trace;
        var (lines, next) = _log.Read(request.Number("since", 0, 0, long.MaxValue), level, component, (int)request.Number("limit", 200, 1, MaxLogLines));
        return Json(new LogView([.. lines.Select(l => new LogLineView(l.Sequence, l.At, JsonNamingPolicy.SnakeCaseLower.ConvertName(l.Level.ToString()), l.Component, l.EventId, l.Message))], next), ApiJson.Default.LogView);
    }

    private HttpReply AppLog(Request request) => _visor.Apps().Any(a => a.Name == request.Segments[1]) ? Log(request, AppLogCategory.Of(request.Segments[1])) : NoApp(request.Segments[1]);

    private async Task<HttpReply> FindRoutesAsync(Request request, CancellationToken cancellationToken)
    {
        var remote = Key(request.Text("remote_key"));
        var paths = await _visor.FindRoutesAsync(remote, (int)request.Number("min_hops", 1, 1, 50), (int)request.Number("max_hops", 50, 1, 1000), cancellationToken);
        return Json(paths, ApiJson.Default.PathsView);
    }

    private async Task<HttpReply> AddTransportAsync(Request request, CancellationToken cancellationToken)
    {
        var body = Body(request, ApiJson.Default.AddTransportRequest);
        if (!Config.ConfigSchema.TransportTypes.Contains(body.Type))
        {
            throw new BadRequestException($"type is \"{body.Type}\"", "use " + string.Join(", ", Config.ConfigSchema.TransportTypes));
        }

        return Json(await _visor.AddTransportAsync(Key(body.RemoteKey), body.Type, cancellationToken), ApiJson.Default.TransportView, 201);
    }

    private async Task<HttpReply> RemoveTransportAsync(Request request, CancellationToken cancellationToken)
    {
        if (!TransportId.TryParse(request.Segments[1], out var id))
        {
            throw new BadRequestException("not a transport ID", "see \"skywire tp ls\"");
        }

        return await _visor.RemoveTransportAsync(id, cancellationToken) ? Json(new DoneView(true), ApiJson.Default.DoneView) : NotFound($"there is no transport {id}");
    }

    private async Task<HttpReply> DialAsync(Request request, CancellationToken cancellationToken)
    {
        var body = Body(request, ApiJson.Default.DialRequest);
        if (body.Port is < 1 or > ushort.MaxValue || body.MinHops is < 1 or > 50)
        {
            throw new BadRequestException($"port is {body.Port}, min_hops is {body.MinHops?.ToString(CultureInfo.InvariantCulture) ?? "not given"}", "port 1 to 65535, min_hops 1 to 50");
        }

        return Json(await _visor.DialAsync(Key(body.RemoteKey), (ushort)body.Port, body.MinHops, cancellationToken), ApiJson.Default.DialView);
    }

    private async Task<HttpReply> PingAsync(Request request, CancellationToken cancellationToken)
    {
        var body = Body(request, ApiJson.Default.PingRequest);
        if (body.Count is < 1 or > MaxPings)
        {
            throw new BadRequestException($"count is {body.Count}", $"from 1 to {MaxPings}");
        }

        return Json(await _visor.PingAsync(Key(body.RemoteKey), body.Count ?? 3, cancellationToken), ApiJson.Default.PingView);
    }

    private static async Task<HttpReply> AppAsync(Request request, Func<string, CancellationToken, Task<AppView?>> change, CancellationToken cancellationToken)
        => await change(request.Segments[1], cancellationToken) is { } app ? Json<IReadOnlyList<AppView>>([app], ApiJson.Default.IReadOnlyListAppView) : NoApp(request.Segments[1]);

    private static HttpReply NoApp(string name) => NotFound($"there is no app \"{name}\"");

    private static HttpReply NotFound(string message) => Error(404, new ErrorView("not_found", message, "see what there is with the ls commands"));

    private static HttpReply Json<T>(T value, JsonTypeInfo<T> type, int status = 200) => new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(value, type));

    private static PubKey Key(string? text) => PubKey.TryParseHex(text, out var key) ? key : throw new BadRequestException("remote_key is not a public key", "give its 66 hex digits");

    private static T Body<T>(Request request, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(request.Call.Body.Span, type) ?? throw new BadRequestException("the body is null", "send a JSON object");
        }
        catch (JsonException e)
        {
            throw new BadRequestException("the body is not the JSON expected: " + e.Message, "see docs/api.md");
        }
    }

    private static Dictionary<string, string> Query(string target, int question)
    {
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in question < 0 ? [] : target[(question + 1)..].Split('&'))
        {
            var (name, value) = pair.Split('=', 2) is [var left, var right] ? (left, right) : (pair, "");
            query[Uri.UnescapeDataString(name)] = Uri.UnescapeDataString(value.Replace('+', ' '));
        }

        return query;
    }

    private static Route Get(string pattern, Func<Request, HttpReply> handler) => new("GET", pattern.Split('/'), (request, _) => Task.FromResult(handler(request)));

    private sealed record Route(string Method, string[] Pattern, Handler Handler)
    {
        public bool Fits(string[] segments)
        {
            if (segments.Length != Pattern.Length)
            {
                return false;
            }

            for (var i = 0; i < segments.Length; i++)
            {
                if (Pattern[i] != segments[i] && (Pattern[i] != "*" || segments[i].Length == 0))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private sealed record Request(string[] Segments, Dictionary<string, string> Query, HttpCall Call)
    {
        public string Text(string name) => Query.GetValueOrDefault(name, "");

        public long Number(string name, long absent, long minimum, long maximum)
        {
            var text = Text(name);
            return text.Length == 0 ? absent
                : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum ? value
                : throw new BadRequestException($"{name} is \"{text}\"", $"a number from {minimum} to {maximum}");
        }
    }

    private sealed class BadRequestException(string message, string remedy) : Exception(message)
    {
        public string Remedy => remedy;
    }
}
