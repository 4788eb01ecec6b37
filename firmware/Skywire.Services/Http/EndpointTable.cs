// The common path of a request: limits, matching, authentication, transaction, and no exception past this point.
using System.Globalization;
using Microsoft.Extensions.Logging;
using Skywire.Discovery;
using Skywire.Discovery.Json;
using Skywire.Services.Store;
using Skywire.Wire;

namespace Skywire.Services.Http;

/// <summary>
/// The end points of one service. A handler works in two steps: it reads and judges the request, and gives back the work to be done inside the transaction.
/// Thread-safe once all end points are added.
/// </summary>
internal sealed class EndpointTable
{
    /// <summary>Largest request body; the longest list of transports of one visor is far below.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    private const int MaxTargetLength = 4096;

    private enum Access
    {
        Read,
        Write,
        Signed,
    }

    private sealed record Endpoint(string Method, PathPattern Path, Access Access, Func<ServiceRequest, Func<IStoreWriter, HttpReply>> Handler);

    private readonly List<Endpoint> _endpoints = [];
    private readonly string _service;
    private readonly ServiceContext _context;
    private readonly RequestAuthenticator _authenticator;
    private readonly RateLimiter? _limiter;
    private readonly ILogger _log;

    /// <summary>Starts with /health and, with <paramref name="nonces"/>, /security/nonces/{key}.</summary>
    public EndpointTable(string service, ServiceContext context, bool nonces)
    {
        _service = service;
        _context = context;
        _authenticator = new RequestAuthenticator(service, context.Store);
        _limiter = context.RateLimit is { } limit ? new RateLimiter(limit, context.Time) : null;
        _log = context.Loggers.CreateLogger("Skywire.Services." + service);
        Causes = new CauseCounters(service);
        Read("GET", "/health", _ => _ => Health());
        if (nonces)
        {
            Read("GET", "/security/nonces/{key}", _authenticator.AnswerNonce);
        }
    }

    public CauseCounters Causes { get; }

    /// <summary>An open end point that changes nothing.</summary>
    public void Read(string method, string path, Func<ServiceRequest, Func<IStoreReader, HttpReply>> handler) => _endpoints.Add(new(method, new(path), Access.Read, handler));

    /// <summary>An open end point that changes records.</summary>
    public void Write(string method, string path, Func<ServiceRequest, Func<IStoreWriter, HttpReply>> handler) => _endpoints.Add(new(method, new(path), Access.Write, handler));

    /// <summary>An end point for signed requests.</summary>
    public void Signed(string method, string path, Func<ServiceRequest, Func<IStoreWriter, HttpReply>> handler) => _endpoints.Add(new(method, new(path), Access.Signed, handler));

    /// <summary>Answers one request. Never throws for what a caller sent or for a failing store.</summary>
    public HttpReply Handle(HttpCall call, HttpPeer peer)
    {
        try
        {
            var reply = Dispatch(call, peer);
            if (reply.Status >= 400 && reply.Status != 404)
            {
                Causes.Add(ProtocolError.ServiceRefused);
                Log.Refused(_log, _service, call.Method, reply.Status);
            }

            return reply;
        }
        catch (StoreException e)
        {
            Log.StoreFailed(_log, e, _service);
            return Replies.Error(500, "store failed");
        }
        catch (Exception e)
        {
            // A mistake of ours in one handler must not take the service down with it.
            Log.HandlerFailed(_log, e, _service, call.Method);
            return Replies.Error(500, "internal error");
        }
    }

    private HttpReply Dispatch(HttpCall call, HttpPeer peer)
    {
        if (call.Body.Length > MaxBodyBytes)
        {
            return Replies.Error(413, "request body too large");
        }

        if (call.Target.Length > MaxTargetLength)
        {
            return Replies.Error(414, "request target too long");
        }

        var question = call.Target.IndexOf('?', StringComparison.Ordinal);
        string[] path = [.. (question < 0 ? call.Target : call.Target[..question]).Split('/').Select(Uri.UnescapeDataString)];
        var known = false;
        foreach (var endpoint in _endpoints)
        {
            if (endpoint.Path.Match(path) is not { } captures)
            {
                continue;
            }

            known = true;
            if (endpoint.Method == call.Method)
            {
                return Run(endpoint, new ServiceRequest(call, peer, captures, question < 0 ? "" : call.Target[(question + 1)..]));
            }
        }

        return known ? Replies.Empty(405) : Replies.NoSuchPath;
    }

    private HttpReply Run(Endpoint endpoint, ServiceRequest request)
    {
        if (endpoint.Access == Access.Signed)
        {
            if (_authenticator.Check(request.Call, request.Peer, out var caller) is { } refusal)
            {
                return refusal;
            }

            return TooMany(caller.Key.ToString()) ?? _authenticator.Run(caller, endpoint.Handler(request with { Caller = caller.Key }));
        }

        if (TooMany(request.Peer.DmsgKey.IsNull ? request.Peer.Address?.ToString() ?? "" : request.Peer.DmsgKey.ToString()) is { } limited)
        {
            return limited;
        }

        var work = endpoint.Handler(request);
        return endpoint.Access == Access.Write ? _context.Store.Write(work) : _context.Store.Read(reader => work(new ReadOnlyWriter(reader)));
    }

    private HttpReply? TooMany(string caller)
    {
        if (_limiter?.TryTake(caller) ?? true)
        {
            return null;
        }

        Causes.Add(ProtocolError.RateLimited);
        return Replies.Error(429, "too many requests");
    }

    private HttpReply Health()
    {
        var health = _context.Health();
        var json = new JsonText(escapeHtml: true).BeginObject()
            .Name("build_info").BeginObject().Name("version").Text(health.Version).EndObject()
            .Name("started_at").Text(health.StartedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture))
            .Name("service_name").Text(_service);
        if (health.DmsgAddress.Length > 0)
        {
            json.Name("dmsg_address").Text(health.DmsgAddress);
        }

        if (health.DmsgServers.Count > 0)
        {
            json.Name("dmsg_servers").BeginArray();
            foreach (var server in health.DmsgServers)
            {
                json.Text(server.ToString());
            }

            json.EndArray();
        }

        return Replies.Json(200, json.EndObject().Newline());
    }

    /// <summary>A reader in a writer's clothes, so that all handlers have one form; end points added by <see cref="Read"/> cannot see the writing half.</summary>
    private sealed class ReadOnlyWriter(IStoreReader reader) : IStoreWriter
    {
        public StoredRecord? Get(string kind, string key) => reader.Get(kind, key);

        public IReadOnlyList<StoredRecord> Scan(string kind, string prefix = "") => reader.Scan(kind, prefix);

        public void Put(string kind, string key, ReadOnlySpan<byte> value, DateTimeOffset? expires) => throw new InvalidOperationException("a reading end point wrote");

        public bool Delete(string kind, string key) => throw new InvalidOperationException("a reading end point deleted");
    }
}
