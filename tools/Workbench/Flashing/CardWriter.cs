// Writes an image. The first block, with the partition table and the boot loader, goes last: a card that was interrupted never looks finished.
using System.Collections.Concurrent;

namespace Skywire.Workbench.Flashing;

/// <summary>What writing came to.</summary>
/// <param name="Bytes">All of the image.</param>
/// <param name="ZeroedBytes">Of these, zeros that the medium made itself instead of being sent them.</param>
internal sealed record WriteResult(long Bytes, long ZeroedBytes);

/// <summary>Writes.</summary>
internal static class CardWriter
{
    // Reading and unpacking run ahead of the card by this many blocks; more would only take memory.
    private const int Ahead = 3;

    /// <summary>Writes the whole image and returns when it has reached the medium.</summary>
    /// <param name="source">The image, checked before.</param>
    /// <param name="facts">What the check found.</param>
    /// <param name="medium">Where to.</param>
    /// <param name="onProgress">Bytes done.</param>
    /// <param name="cancellationToken">Stops between blocks and leaves the medium without a partition table.</param>
    public static WriteResult Write(ImageSource source, ImageFacts facts, IMedium medium, Action<long> onProgress, CancellationToken cancellationToken)
    {
        var empty = Enumerable.Range(0, Ahead).Select(_ => new AlignedBlock()).ToList();
        using var first = new AlignedBlock();
        using var free = new BlockingCollection<AlignedBlock>(new ConcurrentQueue<AlignedBlock>(empty));
        using var full = new BlockingCollection<AlignedBlock>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var reader = source.Read();

        // The old table goes before anything else, and has to be gone before the rest is written.
        first.Whole.Clear();
        first.SetLength((int)Math.Min(AlignedBlock.Size, facts.Size));
        medium.Write(0, first.Padded(medium.Size));
        medium.Flush();
        first.FillFrom(reader.Stream);
        var reading = Task.Factory.StartNew(() => ReadAhead(reader, free, full, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            long offset = first.Length, zeroed = 0;
            foreach (var block in full.GetConsumingEnumerable(cancellationToken))
            {
                if (offset + block.Length > facts.Size)
                {
                    throw Changed(source);
                }

                // All zeros: slot B and the data partition are, mostly. They are not left out: what lay on the card before would show through.
                if (!block.Filled.ContainsAnyExcept((byte)0) && medium.TryZero(offset, block.Length))
                {
                    zeroed += block.Length;
                }
                else
                {
                    medium.Write(offset, block.Padded(medium.Size - offset));
                }

                offset += block.Length;
                free.Add(block, cancellationToken);
                onProgress(offset);
            }

            reading.GetAwaiter().GetResult();
            if (offset != facts.Size)
            {
                throw Changed(source);
            }

            medium.Flush();
            cancellationToken.ThrowIfCancellationRequested();
            medium.Write(0, first.Padded(medium.Size));
            medium.Flush();
            return new WriteResult(offset, zeroed);
        }
        finally
        {
            stop.Cancel();
            try
            {
                reading.Wait(CancellationToken.None);
            }
            catch (AggregateException)
            {
                // What it ended with was thrown above already, or it was told to stop.
            }

            empty.ForEach(b => b.Dispose());
        }
    }

    private static void ReadAhead(ImageReader reader, BlockingCollection<AlignedBlock> free, BlockingCollection<AlignedBlock> full, CancellationToken cancellationToken)
    {
        try
        {
            for (var block = free.Take(cancellationToken); block.FillFrom(reader.Stream) > 0; block = free.Take(cancellationToken))
            {
                full.Add(block, cancellationToken);
            }

            reader.Finish();
        }
        finally
        {
            full.CompleteAdding();
        }
    }

    private static WorkbenchException Changed(ImageSource source) => new($"{source.Path} was changed while it was being written", "write the card again, with the file at rest");
}
