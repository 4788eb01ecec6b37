// QEMU's control socket: one JSON object a line, a greeting first (QEMU's qmp-spec).
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Skywire.Workbench.Emulation;

/// <summary>Speaks to one running emulator; one connection a command.</summary>
internal static class QemuControl
{
    /// <summary>Longest wait for an answer. "stop" flushes the card: on a disk with much to write that takes as long as the disk does.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Switches the emulated board off at once, as pulling its plug does.</summary>
    public static Task<bool> PullPlugAsync(EmulatedBoard board, CancellationToken cancellationToken) => RunAsync(board, """{"execute":"quit"}""", cancellationToken);

    /// <summary>Takes the cable of a network out, or puts it back.</summary>
    public static Task<bool> SetCableAsync(EmulatedBoard board, string network, bool isIn, CancellationToken cancellationToken) =>
        RunAsync(board, $$$"""{"execute":"set_link","arguments":{"name":"{{{network}}}","up":{{{(isIn ? "true" : "false")}}}}}""", cancellationToken);

    /// <summary>True when the emulator did it; false when it does not run or refused.</summary>
    public static async Task<bool> RunAsync(EmulatedBoard board, string command, CancellationToken cancellationToken) => await AskAsync(board, command, cancellationToken) is not null;

    /// <summary>What the emulator answers; null when it does not run or refused.</summary>
    public static async Task<JsonElement?> AskAsync(EmulatedBoard board, string command, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(board.Control), limit.Token);
            using var reader = new StreamReader(new NetworkStream(socket), Encoding.UTF8);
            _ = await reader.ReadLineAsync(limit.Token);
            return await AskAsync(socket, reader, """{"execute":"qmp_capabilities"}""", limit.Token) is null ? null : await AskAsync(socket, reader, command, limit.Token);
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static async Task<JsonElement?> AskAsync(Socket socket, StreamReader reader, string command, CancellationToken cancellationToken)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(command + "\n"), cancellationToken);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            using var reply = JsonDocument.Parse(line);
            if (reply.RootElement.TryGetProperty("return", out var answer))
            {
                return answer.Clone();
            }

            if (reply.RootElement.TryGetProperty("error", out _))
            {
                return null;
            }
        }

        return null;
    }
}
