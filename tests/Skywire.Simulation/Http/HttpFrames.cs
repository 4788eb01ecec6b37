// How a request and its answer travel between two simulated hosts.
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Simulation.Http;

/// <summary>
/// length of the head (4) || length of the body (4) || head as JSON || body. Not HTTP/1.1: that is Kestrel's and SocketsHttpHandler's business and tested
/// there; here it only has to take the time and suffer the faults of the simulated network.
/// </summary>
internal static class HttpFrames
{
    private const int PrefixSize = 8;
    private const int MaxPart = 32 * 1024 * 1024;

    public static ValueTask WriteAsync(IByteStream stream, HttpCall call, CancellationToken cancellationToken) =>
        WriteAsync(stream, [call.Method, call.Target, .. call.Headers.SelectMany(header => new[] { header.Key, header.Value })], call.Body, cancellationToken);

    public static ValueTask WriteAsync(IByteStream stream, HttpReply reply, CancellationToken cancellationToken) =>
        WriteAsync(stream, [reply.Status.ToString(System.Globalization.CultureInfo.InvariantCulture), reply.ContentType], reply.Body, cancellationToken);

    public static async Task<HttpCall> ReadCallAsync(IByteStream stream, CancellationToken cancellationToken)
    {
        var (head, body) = await ReadAsync(stream, cancellationToken);
        var headers = head.Skip(2).Chunk(2).Select(pair => new KeyValuePair<string, string>(pair[0], pair[1]));
        return new HttpCall(head[0], head[1], [.. headers], body);
    }

    public static async Task<HttpReply> ReadReplyAsync(IByteStream stream, CancellationToken cancellationToken)
    {
        var (head, body) = await ReadAsync(stream, cancellationToken);
        return new HttpReply(int.Parse(head[0], System.Globalization.CultureInfo.InvariantCulture), head[1], body);
    }

    private static ValueTask WriteAsync(IByteStream stream, string[] head, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(head);
        var frame = new byte[PrefixSize + text.Length + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, text.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), body.Length);
        text.CopyTo(frame, PrefixSize);
        body.CopyTo(frame.AsMemory(PrefixSize + text.Length));
        return stream.WriteAsync(frame, cancellationToken);
    }

    private static async Task<(string[] Head, byte[] Body)> ReadAsync(IByteStream stream, CancellationToken cancellationToken)
    {
        var prefix = await ReadExactlyAsync(stream, PrefixSize, cancellationToken);
        var head = await ReadExactlyAsync(stream, BinaryPrimitives.ReadInt32BigEndian(prefix), cancellationToken);
        var body = await ReadExactlyAsync(stream, BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(4)), cancellationToken);
        return (JsonSerializer.Deserialize<string[]>(Encoding.UTF8.GetString(head))!, body);
    }

    private static async Task<byte[]> ReadExactlyAsync(IByteStream stream, int count, CancellationToken cancellationToken)
    {
        if (count is < 0 or > MaxPart)
        {
            throw new IOException($"a part of {count} bytes");
        }

        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var n = await stream.ReadAsync(bytes.AsMemory(at), cancellationToken);
            at += n > 0 ? n : throw new IOException("the connection ended early");
        }

        return bytes;
    }
}
