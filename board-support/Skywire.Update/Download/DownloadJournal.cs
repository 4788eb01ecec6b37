// What a download has already written, with a hash of it: after a restart a piece is believed only when the file still hashes to it.
// Records of 48 bytes, little-endian: u64 offset, u32 length, u32 zero, u8[32] SHA-256. A torn or foreign record fails its hash and costs a second download of that piece.
using System.Buffers.Binary;
using System.Security.Cryptography;
using Skywire.Update.Blocks;
using Skywire.Update.Storage;

namespace Skywire.Update.Download;

/// <summary>The journal of one download.</summary>
internal sealed class DownloadJournal(IUpdateStorage storage, string name)
{
    private const int RecordSize = 48;

    // 4 GiB in pieces of 64 KiB.
    private const int MaxSize = 64 * 1024 * RecordSize;

    /// <summary>Notes a piece that was written.</summary>
    public void Add(ByteRange piece, ReadOnlySpan<byte> sha256)
    {
        Span<byte> record = stackalloc byte[RecordSize];
        record.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(record, piece.Start);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], (int)piece.Length);
        sha256.CopyTo(record[16..]);
        storage.Append(name, record);
    }

    /// <summary>The pieces of <paramref name="part"/> that are as they were written. Those inside <paramref name="except"/> are not looked at. Rewrites a journal with other records in it.</summary>
    public IReadOnlyList<ByteRange> Verified(Stream part, ByteRange except)
    {
        var bytes = storage.Read(name, MaxSize) ?? [];
        var pieces = new List<ByteRange>();
        var kept = new List<byte>();
        for (var at = 0; at + RecordSize <= bytes.Length; at += RecordSize)
        {
            var record = bytes.AsSpan(at, RecordSize);
            var piece = new ByteRange(BinaryPrimitives.ReadInt64LittleEndian(record), BinaryPrimitives.ReadInt32LittleEndian(record[8..]));
            if (piece.Start < 0 || piece.Length <= 0 || piece.Length > part.Length || piece.Start > part.Length - piece.Length)
            {
                continue;
            }

            var isInside = piece.Start >= except.Start && piece.End <= except.End;
            if (isInside || Hash(part, piece).AsSpan().SequenceEqual(record[16..]))
            {
                kept.AddRange(record);
                if (!isInside)
                {
                    pieces.Add(piece);
                }
            }
        }

        if (kept.Count != bytes.Length)
        {
            storage.Write(name, [.. kept]);
        }

        return pieces;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => storage.Delete(name);

    private static byte[] Hash(Stream part, ByteRange piece)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        part.Position = piece.Start;
        for (var left = piece.Length; left > 0;)
        {
            var read = part.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (read == 0)
            {
                break;
            }

            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        return hash.GetHashAndReset();
    }
}
