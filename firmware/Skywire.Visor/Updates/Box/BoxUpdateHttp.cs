// Downloads from the serving board: in pieces that fit into one answer, each with its tag. Every other address goes the usual way.
using System.Globalization;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Update.Blocks;
using Skywire.Update.Download;
using Skywire.Visor.Box;

namespace Skywire.Visor.Updates.Box;

/// <summary>Stands before the usual HTTP. Thread-safe.</summary>
internal sealed class BoxUpdateHttp(IUpdateHttp elsewhere, IHttpExchange box, BoxSecret secret, TimeProvider time) : IUpdateHttp
{
    // While others read.
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public async Task<IHttpAnswer> GetAsync(HttpGet request, CancellationToken cancellationToken)
    {
        if (request.Address.Host != BoxEndpoints.Name)
        {
            return await elsewhere.GetAsync(request, cancellationToken);
        }

        var first = await PieceAsync(request.Address, request.Range is { } range ? First(range) : null, cancellationToken);
        return new Answer(first.Status, request.Range?.Start, new Pieces(this, request.Address, request.Range, first.Body.ToArray()));
    }

    /// <summary>One request of a member.</summary>
    public async Task<HttpReply> PieceAsync(Uri address, ByteRange? range, CancellationToken cancellationToken)
    {
        var text = range is { } wanted ? string.Create(CultureInfo.InvariantCulture, $"bytes={wanted.Start}-{wanted.End - 1}") : "";
        var headers = new List<KeyValuePair<string, string>> { new(BoxMessage.TagHeader, BoxMessage.TagOfGet(secret, address.AbsolutePath, text)) };
        if (text.Length > 0)
        {
            headers.Add(new("Range", text));
        }

        while (true)
        {
            var reply = await box.SendAsync(new HttpCall("GET", address.ToString(), headers, default), cancellationToken);
            if (reply.Status != 503)
            {
                return reply;
            }

            await Task.Delay(BusyPause, time, cancellationToken);
        }
    }

    private static ByteRange First(ByteRange range) => range with { Length = Math.Min(range.Length, BoxUpdatePlan.MaxPiece) };

    private sealed class Answer(int status, long? start, Stream body) : IHttpAnswer
    {
        public int Status => status;

        public long? RangeStart => start;

        // What the bytes are, their hash decides.
        public string EntityTag => "";

        public Stream Body => body;

        public ValueTask DisposeAsync() => body.DisposeAsync();
    }

    // One piece after the other, as they are read.
    private sealed class Pieces(BoxUpdateHttp http, Uri address, ByteRange? range, byte[] piece) : Stream
    {
        private byte[] _piece = piece;
        private int _at;
        private long _done = piece.Length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_at == _piece.Length && range is { } whole && _piece.Length > 0 && _done < whole.Length)
            {
                var reply = await http.PieceAsync(address, First(new ByteRange(whole.Start + _done, whole.Length - _done)), cancellationToken);
                if (reply.Status != 206)
                {
                    throw new IOException($"the serving board answers {reply.Status}");
                }

                (_piece, _at) = (reply.Body.ToArray(), 0);
                _done += _piece.Length;
            }

            var length = Math.Min(buffer.Length, _piece.Length - _at);
            _piece.AsSpan(_at, length).CopyTo(buffer.Span);
            _at += length;
            return length;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
