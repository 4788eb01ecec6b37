// One card from start to end: image checked, target judged, written, read back, settings put on.
using System.Diagnostics;

namespace Skywire.Workbench.Flashing;

/// <summary>Stages a person sees.</summary>
internal enum FlashStage
{
    /// <summary>The image is read.</summary>
    Check,

    /// <summary>The card is written.</summary>
    Write,

    /// <summary>The card is read back.</summary>
    Verify,
}

/// <summary>Takes the progress of a stage: bytes done, bytes in all.</summary>
internal delegate void FlashProgress(FlashStage stage, long done, long all);

/// <summary>Does the work; asks nothing and prints nothing.</summary>
internal sealed class FlashRun(FlashProgress progress)
{
    /// <summary>True from the first byte written until the card is good: what a person has to be told when it ends in between.</summary>
    public bool IsCardHalfWritten { get; private set; }

    /// <summary>Reads the image to its end.</summary>
    public (ImageFacts Facts, double Seconds) Check(ImageSource source, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var facts = ImageCheck.Run(source, (done, all) => progress(FlashStage.Check, done, all), cancellationToken);
        return (facts, watch.Elapsed.TotalSeconds);
    }

    /// <summary>Writes and verifies one card.</summary>
    /// <param name="source">The image.</param>
    /// <param name="facts">What its check found.</param>
    /// <param name="medium">The card, claimed for this process.</param>
    /// <param name="settings">Settings to put on it, if any.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    public async Task<FlashReport> WriteAsync(ImageSource source, ImageFacts facts, IMedium medium, SettingsFile? settings, CancellationToken cancellationToken)
    {
        if (facts.Size > medium.Size)
        {
            throw new WorkbenchException($"{medium.Path} holds {BlockDevice.FormatSize(medium.Size)}, the image needs {BlockDevice.FormatSize(facts.Size)} ({facts.Size - medium.Size:N0} bytes more)", "take a larger card");
        }

        var boot = settings is null ? null : facts.Partitions.Boot ?? throw new WorkbenchException($"{source.Path} has no FAT partition to put {settings.Source} on", "leave --config out, or take a board's image");
        var watch = Stopwatch.StartNew();
        IsCardHalfWritten = true;
        var written = CardWriter.Write(source, facts, medium, done => progress(FlashStage.Write, done, facts.Size), cancellationToken);
        var writeSeconds = watch.Elapsed.TotalSeconds;
        watch.Restart();
        CardVerifier.Verify(facts, medium, done => progress(FlashStage.Verify, done, facts.Size), cancellationToken);
        var verifySeconds = watch.Elapsed.TotalSeconds;
        watch.Restart();
        if (settings is not null)
        {
            await settings.PutAsync(medium, boot!, cancellationToken);
        }

        medium.Reread();
        IsCardHalfWritten = false;
        return new FlashReport
        {
            Image = source.Path,
            Device = medium.Path,
            Bytes = facts.Size,
            Sha256 = facts.Sha256,
            SumsFile = facts.SumsFile,
            ZeroedBytes = written.ZeroedBytes,
            WriteSeconds = writeSeconds,
            VerifySeconds = verifySeconds,
            Verified = true,
            PastCache = medium.IsPastCache,
            Settings = settings?.Source,
            SettingsSeconds = settings is null ? 0 : watch.Elapsed.TotalSeconds,
        };
    }
}
