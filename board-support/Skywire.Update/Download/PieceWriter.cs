// Writes what comes from the network into the part file and notes it in the journal piece by piece.
using System.Security.Cryptography;
using Skywire.Update.Blocks;

namespace Skywire.Update.Download;

/// <summary>Writes one run of bytes. Call <see cref="Note"/> at its end, also when the connection broke.</summary>
internal sealed class PieceWriter(Stream part, DownloadJournal journal, long start, int step) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _pieceStart = start;

    /// <summary>Where the next byte goes.</summary>
    public long Position { get; private set; } = start;

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        part.Position = Position;
        part.Write(bytes);
        _hash.AppendData(bytes);
        Position += bytes.Length;
        if (Position - _pieceStart >= step)
        {
            Note();
        }
    }

    /// <summary>Notes what is not noted yet.</summary>
    public void Note()
    {
        if (Position > _pieceStart)
        {
            var sha256 = _hash.GetHashAndReset();
            journal.Add(new ByteRange(_pieceStart, Position - _pieceStart), sha256);
            _pieceStart = Position;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
