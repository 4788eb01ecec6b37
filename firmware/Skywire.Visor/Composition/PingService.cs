// Answers pings of other visors on port 48 (spec 14 §4.5): {"Size":n} is answered by "ok", which is one round trip over the whole route.
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Skywire.Routing;
using Skywire.Wire;

namespace Skywire.Visor.Composition;

/// <summary>Accepts and answers until disposed.</summary>
internal sealed class PingService(IRouteNetwork routes, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>The port of 2024 (spec 14 §1).</summary>
    public const ushort Port = 48;

    /// <summary>The answer.</summary>
    public static ReadOnlyMemory<byte> Ok { get; } = "ok"u8.ToArray();

    // A pinging visor has one or two; more is somebody who wants memory.
    private const int MaxConnections = 32;

    // The reference announces payloads of some kilobytes and sends them in pieces; a message is at most a packet.
    private const int MaxMessage = 64 * 1024;
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _serving = [];
    private readonly Lock _lock = new();
    private readonly ILogger _log = loggers.CreateLogger<PingService>();
    private IRouteListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Starts accepting.</summary>
    public void Start()
    {
        _listener = routes.Listen(Port);
        _accepting = AcceptAsync(_listener);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        await _accepting;
        Task[] serving;
        lock (_lock)
        {
            serving = [.. _serving];
        }

        await Task.WhenAll(serving);
    }

    /// <summary>True for the message that asks for an answer; the reference's payload messages that follow it are not.</summary>
    internal static bool IsRequest(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("Size"u8)
                && reader.Read() && reader.TokenType == JsonTokenType.Number
                && reader.Read() && reader.TokenType == JsonTokenType.EndObject;
        }
        catch (JsonException)
        {
            // Not JSON: not a request.
            return false;
        }
    }

    private async Task AcceptAsync(IRouteListener listener)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                var connection = await listener.AcceptAsync(_stop.Token);
                lock (_lock)
                {
                    _serving.RemoveWhere(t => t.IsCompleted);
                    if (_serving.Count < MaxConnections)
                    {
                        _serving.Add(ServeAsync(connection));
                        continue;
                    }
                }

                connection.Abort();
                await connection.DisposeAsync();
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
        {
            // Stopped.
        }
        catch (Exception e)
        {
            Log.TaskFailed(_log, e);
        }
    }

    private async Task ServeAsync(IRouteConnection connection)
    {
        await Task.Yield();
        try
        {
            await using (connection)
            {
                var buffer = new byte[MaxMessage];
                while (true)
                {
                    using var idle = new CancellationTokenSource(IdleLimit, time);
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, _stop.Token);
                    var length = await connection.ReadMessageAsync(buffer, either.Token);
                    if (length == 0)
                    {
                        return;
                    }

                    if (IsRequest(buffer.AsSpan(0, length)))
                    {
                        await connection.WriteAsync(Ok, either.Token);
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side went away, was silent for too long, or the visor stops.
        }
    }
}
