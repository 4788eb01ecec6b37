// Cuts the bytes of a session into frames, wherever the reads below were cut.
namespace Skywire.Wire.Yamux;

/// <summary>What a <see cref="FrameSplitter"/> finds. A method returns false to end the session.</summary>
internal interface IFrameSink
{
    /// <summary>A header. For a data frame <see cref="OnData"/> follows until its length is through.</summary>
    bool OnFrame(YamuxFrame frame);

    /// <summary>The next piece of the data frame under way.</summary>
    bool OnData(ReadOnlySpan<byte> data, bool isLast);

    /// <summary>Twelve bytes that are no header.</summary>
    void OnBadHeader();
}

/// <summary>Holds at most one unfinished header; data passes through uncopied. Not thread-safe.</summary>
internal sealed class FrameSplitter(IFrameSink sink)
{
    private readonly byte[] _header = new byte[YamuxFrame.Size];
    private int _headerCount;
    private uint _dataLeft;

    /// <summary>True when the bytes seen so far end where a frame ends.</summary>
    public bool IsAtBoundary => _headerCount == 0 && _dataLeft == 0;

    /// <summary>Takes the next bytes whole. False when the session has to end.</summary>
    public bool Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_dataLeft > 0)
            {
                var piece = bytes[..(int)Math.Min((uint)bytes.Length, _dataLeft)];
                _dataLeft -= (uint)piece.Length;
                bytes = bytes[piece.Length..];
                if (!sink.OnData(piece, _dataLeft == 0))
                {
                    return false;
                }

                continue;
            }

            if (!TakeHeader(ref bytes, out var frame))
            {
                if (_headerCount < YamuxFrame.Size)
                {
                    return true;
                }

                sink.OnBadHeader();
                return false;
            }

            if (!sink.OnFrame(frame))
            {
                return false;
            }

            _dataLeft = frame.Type == YamuxFrameType.Data ? frame.Length : 0;
        }

        return true;
    }

    // False with _headerCount below a header's size: more bytes are needed; at its size: the header is bad.
    private bool TakeHeader(ref ReadOnlySpan<byte> bytes, out YamuxFrame frame)
    {
        if (_headerCount == 0 && bytes.Length >= YamuxFrame.Size)
        {
            if (!YamuxFrame.TryRead(bytes, out frame))
            {
                _headerCount = YamuxFrame.Size;
                return false;
            }

            bytes = bytes[YamuxFrame.Size..];
            return true;
        }

        var count = Math.Min(bytes.Length, YamuxFrame.Size - _headerCount);
        bytes[..count].CopyTo(_header.AsSpan(_headerCount));
        _headerCount += count;
        bytes = bytes[count..];
        frame = default;
        if (_headerCount < YamuxFrame.Size || !YamuxFrame.TryRead(_header, out frame))
        {
            return false;
        }

        _headerCount = 0;
        return true;
    }
}
