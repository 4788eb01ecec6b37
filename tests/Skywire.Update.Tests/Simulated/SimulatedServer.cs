// A web server on virtual time whose connections break, stall and lie as a script says.
using Skywire.Update.Blocks;
using Skywire.Update.Download;

namespace Skywire.Update.Tests.Simulated;

internal sealed class SimulatedServer(TimeProvider time) : IUpdateHttp
{
    private const int Chunk = 8 * 1024;
    private readonly TimeProvider _time = time;

    /// <summary>Files by address.</summary>
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Bytes after which each of the next connections breaks.</summary>
    public Queue<int> Breaks { get; } = new();

    /// <summary>The next answers' statuses, instead of what is true.</summary>
    public Queue<int> Statuses { get; } = new();

    public bool IgnoresRanges { get; set; }

    public bool IsDown { get; set; }

    /// <summary>Bytes of the next connection are the wrong ones.</summary>
    public bool LiesOnce { get; set; }

    public bool StallsOnce { get; set; }

    public string EntityTag { get; set; } = "\"1\"";

    /// <summary>Bytes sent of each address.</summary>
    public SortedDictionary<string, long> Sent { get; } = new(StringComparer.Ordinal);

    public List<HttpGet> Requests { get; } = [];

    public async Task<IHttpAnswer> GetAsync(HttpGet request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        await Task.Delay(TimeSpan.FromMilliseconds(20), _time, cancellationToken);
        if (IsDown)
        {
            throw new IOException("Connection refused");
        }

        if (Statuses.TryDequeue(out var status))
        {
            return new Answer(status, null, "", new MemoryStream());
        }

        if (!Files.TryGetValue(request.Address.ToString(), out var file))
        {
            return new Answer(404, null, "", new MemoryStream());
        }

        if (request.IfMatch.Length > 0 && request.IfMatch != EntityTag)
        {
            return new Answer(412, null, "", new MemoryStream());
        }

        var range = IgnoresRanges ? null : request.Range;
        var whole = range ?? new ByteRange(0, file.Length);
        var body = file.AsSpan((int)whole.Start, (int)Math.Min(whole.Length, file.Length - whole.Start)).ToArray();
        if (LiesOnce)
        {
            LiesOnce = false;
            body[^1] ^= 0xFF;
        }

        var breakAfter = request.Range is not null && Breaks.TryDequeue(out var after) ? after : int.MaxValue;
        var stalls = StallsOnce && request.Range is not null;
        StallsOnce &= !stalls;
        return new Answer(range is null ? 200 : 206, range?.Start, EntityTag, new Body(this, request.Address.ToString(), body, breakAfter, stalls));
    }

    private sealed class Answer(int status, long? start, string tag, Stream body) : IHttpAnswer
    {
        public int Status => status;

        public long? RangeStart => start;

        public string EntityTag => tag;

        public Stream Body => body;

        public ValueTask DisposeAsync() => body.DisposeAsync();
    }

    private sealed class Body(SimulatedServer server, string address, byte[] bytes, int breakAfter, bool stalls) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), server._time, cancellationToken);
            if (stalls)
            {
                await Task.Delay(TimeSpan.FromHours(1), server._time, cancellationToken);
            }

            if (Position >= breakAfter)
            {
                throw new IOException("Connection reset by peer");
            }

            var read = Read(buffer.Span[..Math.Min(Math.Min(buffer.Length, Chunk), (int)Math.Min(breakAfter - Position, int.MaxValue))]);
            server.Sent[address] = server.Sent.GetValueOrDefault(address) + read;
            return read;
        }
    }
}
