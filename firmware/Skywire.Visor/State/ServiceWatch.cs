// What is known of each service, measured at the calls that are made anyway.
using Skywire.Discovery;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.State;

/// <summary>Stands between the clients and HTTP, and remembers per service when it last answered and why it last did not.</summary>
internal sealed class ServiceWatch : IHttpExchange
{
    private readonly IHttpExchange _inner;
    private readonly TimeProvider _time;
    private readonly Entry[] _entries;

    /// <summary>Watches services by name; a null URL is an unused one.</summary>
    public ServiceWatch(IHttpExchange inner, TimeProvider time, IEnumerable<(string Name, string? Url)> services)
    {
        _inner = inner;
        _time = time;
        _entries = [.. services.Select(s => new Entry(s.Name, s.Url?.TrimEnd('/')))];
    }

    /// <inheritdoc/>
    public async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        var entry = Array.Find(_entries, e => e.Url is not null && call.Target.StartsWith(e.Url, StringComparison.OrdinalIgnoreCase));
        try
        {
            var reply = await _inner.SendAsync(call, cancellationToken);
            // Refusals are answers: the service lives. Only what says "not now" counts against it.
            entry?.Record(_time.GetUtcNow(), reply.Status >= 500 ? $"answered {reply.Status} to {call.Method}" : null);
            return reply;
        }
        catch (IOException e)
        {
            entry?.Record(_time.GetUtcNow(), e.Message);
            throw;
        }
    }

    /// <summary>All services.</summary>
    public IReadOnlyList<ServiceView> Snapshot() => [.. _entries.Select(e => e.View())];

    private sealed class Entry(string name, string? url)
    {
        private readonly Lock _lock = new();
        private DateTimeOffset? _lastAnswer;
        private string _reason = "";
        private long _answers;
        private long _failures;

        public string? Url => url;

        public void Record(DateTimeOffset at, string? failure)
        {
            lock (_lock)
            {
                if (failure is null)
                {
                    _answers++;
                    _lastAnswer = at;
                    _reason = "";
                }
                else
                {
                    _failures++;
                    _reason = failure;
                }
            }
        }

        public ServiceView View()
        {
            lock (_lock)
            {
                var state = url is null ? "unused" : _reason.Length > 0 ? "failing" : _answers > 0 ? "ok" : "waiting";
                return new ServiceView(name, url ?? "", state, _reason, _lastAnswer, _answers, _failures);
            }
        }
    }
}
