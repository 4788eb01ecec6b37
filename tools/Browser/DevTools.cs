// Chromium's DevTools protocol: JSON messages over one websocket, commands answered by number, events by name.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skywire.Browser;

/// <summary>A connection to one target of a browser. Thread-safe.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonNode>> _events = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private int _number;

    private DevTools(ClientWebSocket socket)
    {
        _socket = socket;
        _loop = ReadAsync();
    }

    /// <summary>Connects.</summary>
    public static async Task<DevTools> ConnectAsync(Uri target, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(target, cancellationToken);
            return new DevTools(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command and waits for its result; a refusal is a <see cref="BrowserException"/>.</summary>
    public async Task<JsonNode> CallAsync(string method, JsonObject? parameters, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _number);
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[number] = answer;
        var message = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["id"] = number, ["method"] = method, ["params"] = parameters ?? [] });
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }

        var reply = await answer.Task.WaitAsync(cancellationToken);
        return reply["error"] is { } error ? throw new BrowserException($"{method}: {error.ToJsonString()}") : reply["result"]!;
    }

    /// <summary>A task that ends with the next event of this name. Ask before causing it.</summary>
    public Task<JsonNode> NextAsync(string name) => _events.GetOrAdd(name, static _ => new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _socket.Dispose();
        _sending.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        var why = "the browser closed the connection";
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var got = await _socket.ReceiveAsync(buffer, _stop.Token);
                if (got.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                message.Write(buffer, 0, got.Count);
                if (got.EndOfMessage)
                {
                    Take(JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or JsonException)
        {
            why = e.Message;
        }

        foreach (var waiting in _waiting.Values.Concat(_events.Values))
        {
            waiting.TrySetException(new BrowserException(why));
        }
    }

    private void Take(JsonNode message)
    {
        if (message["id"] is { } id && _waiting.TryRemove(id.GetValue<int>(), out var answer))
        {
            answer.TrySetResult(message);
        }
        else if (message["method"] is { } method && _events.TryRemove(method.GetValue<string>(), out var waiting))
        {
            waiting.TrySetResult(message["params"] ?? new JsonObject());
        }
    }
}
