// Reads a card back and compares it with the image: what was written is one thing, what the card kept is another.
using System.Security.Cryptography;

namespace Skywire.Workbench.Flashing;

/// <summary>Verifies.</summary>
internal static class CardVerifier
{
    /// <summary>Reads everything back from the medium and compares its SHA-256 with the image's.</summary>
    /// <param name="facts">What the image holds.</param>
    /// <param name="medium">What was written.</param>
    /// <param name="onProgress">Bytes done.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>SHA-256 of what was read.</returns>
    /// <exception cref="WorkbenchException">It differs; the text says where first, and how much.</exception>
    public static string Verify(ImageFacts facts, IMedium medium, Action<long> onProgress, CancellationToken cancellationToken)
    {
        medium.DropCache();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var block = new AlignedBlock();
        long? firstWrong = null;
        var wrong = 0;
        for (long offset = 0; offset < facts.Size; offset += block.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            block.SetLength((int)Math.Min(AlignedBlock.Size, facts.Size - offset));
            medium.Read(offset, block.Padded(medium.Size - offset));
            hash.AppendData(block.Filled);
            if (ImageCheck.BlockMark(block.Filled) != facts.BlockMarks[(int)(offset / AlignedBlock.Size)])
            {
                firstWrong ??= offset;
                wrong++;
            }

            onProgress(offset + block.Length);
        }

        var sum = Convert.ToHexStringLower(hash.GetCurrentHash());
        return sum == facts.Sha256
            ? sum
            : throw new WorkbenchException(
                $"{medium.Path} does not hold what was written: {wrong} of {facts.BlockMarks.Count} blocks differ, the first at {BlockDevice.FormatSize(firstWrong ?? 0)}",
                "do not use this card: try another reader once, then another card; worn and counterfeit cards fail like this");
    }
}
