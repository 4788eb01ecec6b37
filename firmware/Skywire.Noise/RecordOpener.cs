// The receiving half of a Noise channel after the handshake, with its two rules for counters.
using System.Buffers.Binary;
using Skywire.Crypto;

namespace Skywire.Noise;

/// <summary>How a receiver judges record counters (spec 02 §4).</summary>
public enum ReceiveRule
{
    /// <summary>Byte streams: counters must grow; gaps allowed; a damaged record burns its number.</summary>
    Strict,

    /// <summary>Signed objects of a session: any order within a window of 1024, 0 and repeats refused.</summary>
    Window,
}

/// <summary>Outcome of opening a record.</summary>
public enum RecordStatus
{
    /// <summary>Opened.</summary>
    Done,

    /// <summary>Shorter than counter and tag.</summary>
    TooShort,

    /// <summary>The counter was refused.</summary>
    Replayed,

    /// <summary>The tag is wrong.</summary>
    BadTag,
}

/// <summary>Opens records under one rule. One owner.</summary>
public sealed class RecordOpener : IDisposable
{
    private readonly AeadKey _key;
    private readonly ReplayWindow? _window;
    private ulong _last;

    /// <summary>Takes a copy of the 32-byte key.</summary>
    public RecordOpener(ReadOnlySpan<byte> key, ReceiveRule rule)
    {
        _key = new AeadKey(key);
        _window = rule == ReceiveRule.Window ? new ReplayWindow() : null;
    }

    /// <summary>The highest counter accepted so far.</summary>
    public ulong LastCounter => _window?.Highest ?? _last;

    /// <summary>Opens a record into <paramref name="destination"/> (at least record length - 24). No allocation, never throws for input. The two buffers must not overlap.</summary>
    public RecordStatus Open(ReadOnlySpan<byte> record, Span<byte> destination, out int written)
    {
        written = 0;
        if (record.Length < RecordSealer.Overhead)
        {
            return RecordStatus.TooShort;
        }

        var counter = BinaryPrimitives.ReadUInt64BigEndian(record);
        if (!(_window is null ? counter > _last : _window.IsFresh(counter)))
        {
            return RecordStatus.Replayed;
        }

        if (_window is null)
        {
            // Before the tag is judged, as the reference does: a damaged record burns its number.
            _last = counter;
        }

        if (!_key.Open(counter, record[RecordSealer.CounterSize..], destination))
        {
            return RecordStatus.BadTag;
        }

        // Only an authentic record may move the window, else one forged counter would shut out all that follow.
        _window?.Accept(counter);
        written = record.Length - RecordSealer.Overhead;
        return RecordStatus.Done;
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => _key.Dispose();
}
