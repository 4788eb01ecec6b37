// Seals the signed objects of one session; everything else of a session travels bare (spec 03 §1, §4).
using System.Buffers.Binary;
using Skywire.Dmsg.Objects;
using Skywire.Noise;
using Skywire.Wire;

namespace Skywire.Dmsg.Sessions;

/// <summary>
/// Object frames of a session: length (2, big endian) || sealed record. All streams share one counter per direction, so records may arrive in another
/// order than numbered. Thread-safe: sealing and opening are serialised, nothing else is.
/// </summary>
internal sealed class ObjectChannel(RecordSealer sealer, RecordOpener opener) : IDisposable
{
    private readonly Lock _sealLock = new();
    private readonly Lock _openLock = new();
    private bool _isDisposed;

    /// <summary>Writes one object as a single write.</summary>
    public ValueTask WriteAsync(IByteStream stream, ReadOnlySpan<byte> signedObject, CancellationToken cancellationToken)
    {
        var frame = new byte[NoiseFrame.PrefixSize + RecordSealer.Overhead + signedObject.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, checked((ushort)(frame.Length - NoiseFrame.PrefixSize)));
        lock (_sealLock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            sealer.Seal(signedObject, frame.AsSpan(NoiseFrame.PrefixSize));
        }

        return stream.WriteAsync(frame, cancellationToken);
    }

    /// <summary>
    /// Reads one object and not a byte more. Null: the stream ended before it began, or (<paramref name="markerAllowed"/>) it began with the empty
    /// frame that 2026 clients ping servers with; <see cref="ReadResult.IsMarker"/> tells which. Throws <see cref="ProtocolException"/> for a broken frame.
    /// </summary>
    public async ValueTask<ReadResult> ReadAsync(IByteStream stream, bool markerAllowed, CancellationToken cancellationToken)
    {
        var prefix = new byte[NoiseFrame.PrefixSize];
        var n = await stream.FillAsync(prefix, cancellationToken);
        if (n == 0)
        {
            return default;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(prefix);
        if (n == prefix.Length && length == 0 && markerAllowed)
        {
            return new ReadResult(null, IsMarker: true);
        }

        if (length > SignedObject.MaxSize + RecordSealer.Overhead)
        {
            throw new ProtocolException(ProtocolError.FrameTooLong, $"an object frame of {length} bytes");
        }

        var record = new byte[length];
        if (n < prefix.Length || await stream.FillAsync(record, cancellationToken) < length)
        {
            throw new ProtocolException(ProtocolError.TruncatedFrame, "the stream ended inside an object frame");
        }

        return new ReadResult(Open(record), IsMarker: false);
    }

    /// <summary>Wipes the keys.</summary>
    public void Dispose()
    {
        lock (_sealLock)
        {
            lock (_openLock)
            {
                _isDisposed = true;
                sealer.Dispose();
                opener.Dispose();
            }
        }
    }

    private byte[] Open(byte[] record)
    {
        var signedObject = new byte[Math.Max(0, record.Length - RecordSealer.Overhead)];
        RecordStatus status;
        lock (_openLock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            status = opener.Open(record, signedObject, out _);
        }

        return status switch
        {
            RecordStatus.Done => signedObject,
            RecordStatus.TooShort => throw new ProtocolException(ProtocolError.RecordTooShort, "an object frame is too short"),
            RecordStatus.Replayed => throw new ProtocolException(ProtocolError.ReplayedCounter, "an object frame was seen before"),
            _ => throw new ProtocolException(ProtocolError.BadTag, "an object frame does not verify"),
        };
    }

    /// <summary>An object, a marker, or neither at the end of the stream.</summary>
    internal readonly record struct ReadResult(byte[]? Object, bool IsMarker);
}
