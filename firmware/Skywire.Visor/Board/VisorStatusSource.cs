// Asks the visor over its unix socket without an HTTP client: the board service asks every other second for years and shall cost next to nothing.
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Skywire.Boards.Running;

namespace Skywire.Visor.Board;

/// <summary>Reads <c>/api/v1/status</c> from a socket, one connection a question.</summary>
internal sealed class VisorStatusSource(string socketPath, TimeProvider time) : IMeshStatusSource
{
    /// <summary>A visor that needs longer than this to say how it is does not work.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    // A status with some hundred warnings and box members stays far below.
    private const int MaxReply = 1024 * 1024;

    // HTTP/1.0: no keep-alive, no chunks; the reply ends with the connection.
    private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET /api/v1/status HTTP/1.0\r\nHost: localhost\r\n\r\n");

    private byte[] _buffer = new byte[16 * 1024];

    /// <inheritdoc/>
    public async Task<(MeshStatus? Status, string Fault)> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), either.Token);
            await socket.SendAsync(Request, either.Token);
            var length = 0;
            int read;
            while ((read = await socket.ReceiveAsync(_buffer.AsMemory(length), either.Token)) > 0)
            {
                length += read;
                if (length == _buffer.Length)
                {
                    if (length >= MaxReply)
                    {
                        return (null, "the visor's answer does not end");
                    }

                    Array.Resize(ref _buffer, length * 2);
                }
            }

            return Parse(_buffer.AsMemory(0, length));
        }
        catch (SocketException e)
        {
            return (null, e.SocketErrorCode == SocketError.AccessDenied ? $"no permission to ask the visor at {socketPath}" : "the visor does not run");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"the visor did not answer within {Limit.TotalSeconds:0} seconds");
        }
    }

    /// <summary>Reads a whole HTTP reply.</summary>
    internal static (MeshStatus? Status, string Fault) Parse(ReadOnlyMemory<byte> reply)
    {
        var head = reply.Span.IndexOf("\r\n\r\n"u8);
        if (head < 0 || !reply.Span.StartsWith("HTTP/1."u8))
        {
            return (null, "the visor's answer is cut off");
        }

        var status = Encoding.ASCII.GetString(reply.Span[..reply.Span.IndexOf("\r\n"u8)]).Split(' ');
        if (status.Length < 2 || status[1] != "200")
        {
            return (null, $"the visor answered {(status.Length > 1 ? status[1] : "nothing")}");
        }

        try
        {
            using var document = JsonDocument.Parse(reply[(head + 4)..]);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && Text(root, "state") is { Length: > 0 } state
                ? (new MeshStatus(state, Text(root, "state_reason"), Text(root, "public_key"), Box(root), root.TryGetProperty("update", out var update) && update.ValueKind == JsonValueKind.Object ? Text(update, "phase") : ""), "")
                : (null, "the visor's answer is no status");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, "the visor's answer cannot be read");
        }
    }

    private static MeshBox? Box(JsonElement root)
    {
        if (!root.TryGetProperty("box", out var box) || box.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        // The list is of the other boards.
        var members = 1 + (box.TryGetProperty("members", out var list) && list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0);
        var (server, isSelf) = ("", false);
        if (box.TryGetProperty("serving", out var serving) && serving.ValueKind == JsonValueKind.Object)
        {
            server = Text(serving, "name") is { Length: > 0 } name ? name : Text(serving, "address");
            isSelf = serving.TryGetProperty("is_self", out var self) && self.ValueKind == JsonValueKind.True;
        }

        return new MeshBox(Text(box, "mesh_name"), box.TryGetProperty("joined", out var joined) && joined.ValueKind == JsonValueKind.True, members, server, isSelf, Text(box, "reason"));
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
