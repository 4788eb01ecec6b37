// The way to one service: address, time limit, and the translation of every failure into the service's own words.
using Skywire.Discovery.Json;
using Skywire.Wire;

namespace Skywire.Discovery.Clients;

/// <summary>Sends requests to one service. Thread-safe.</summary>
internal sealed class ServiceLink
{
    private static readonly KeyValuePair<string, string> JsonType = new("Content-Type", "application/json");

    private readonly IHttpExchange _exchange;
    private readonly TimeProvider _time;
    private readonly string _address;

    /// <summary><paramref name="address"/> without scheme gets http, a trailing slash is dropped (spec 05 §3).</summary>
    public ServiceLink(IHttpExchange exchange, string service, string address, ServiceClientOptions options, TimeProvider time)
    {
        options.Validate();
        _exchange = exchange;
        _time = time;
        Service = service;
        Options = options;
        Causes = new CauseCounters(service);
        var trimmed = address.Trim().TrimEnd('/');
        _address = trimmed.Contains("://", StringComparison.Ordinal) ? trimmed : "http://" + trimmed;
    }

    public string Service { get; }

    public ServiceClientOptions Options { get; }

    public CauseCounters Causes { get; }

    /// <summary>True when the service is reached over dmsg.</summary>
    public bool IsOverDmsg => _address.StartsWith("dmsg://", StringComparison.OrdinalIgnoreCase);

    /// <summary>One request within the time limit.</summary>
    public Task<HttpReply> CallAsync(string method, string target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        LimitedAsync(token => SendAsync(method, target, body, [], token), cancellationToken);

    /// <summary>Runs <paramref name="call"/> under the time limit; running out of it is a <see cref="ServiceException"/>, the caller's cancellation is not.</summary>
    public async Task<T> LimitedAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Options.CallLimit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await call(linked.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Causes.Add(ProtocolError.TimedOut);
            throw new ServiceException(Service, 0, $"no answer within {Options.CallLimit.TotalSeconds:0.#} s");
        }
    }

    /// <summary>One request, no limit of its own. Any answer is returned, whatever its status.</summary>
    public async Task<HttpReply> SendAsync(string method, string target, ReadOnlyMemory<byte> body, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        IReadOnlyList<KeyValuePair<string, string>> all = body.IsEmpty ? headers : [JsonType, .. headers];
        HttpReply reply;
        try
        {
            reply = await _exchange.SendAsync(new HttpCall(method, _address + target, all, body), cancellationToken);
        }
        catch (IOException e) when (e is not ServiceException)
        {
            Causes.Add(ProtocolError.ServiceUnreachable);
            throw new ServiceException(Service, 0, $"{_address}: {e.Message}", e);
        }

        return reply.Body.Length <= Options.MaxAnswerBytes ? reply : throw BadAnswer($"answer of {reply.Body.Length} bytes");
    }

    /// <summary>The service's refusal, counted.</summary>
    public ServiceException Refused(HttpReply reply)
    {
        Causes.Add(ProtocolError.ServiceRefused);
        return new ServiceException(Service, reply.Status, JsonInput.ErrorText(reply.Body));
    }

    /// <summary>An answer that makes no sense, counted.</summary>
    public ServiceException BadAnswer(string what)
    {
        Causes.Add(ProtocolError.BadServiceAnswer);
        return new ServiceException(Service, 200, "unexpected answer: " + what);
    }
}
