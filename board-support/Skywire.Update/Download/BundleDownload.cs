// Gets a bundle onto the disk: from the running slot what it has, from the network the rest, over broken connections and restarts. What counts at the end is the SHA-256 of the whole.
using System.Globalization;
using System.Security.Cryptography;
using Skywire.Update.Blocks;
using Skywire.Update.Feed;
using Skywire.Update.Policy;
using Skywire.Update.Storage;

namespace Skywire.Update.Download;

/// <summary>
/// One download at a time. What is on the disk is believed when it hashes to what block index or journal say, so it may be ended at any moment and begun again. Throws
/// <see cref="OperationCanceledException"/>; everything else is a result.
/// </summary>
/// <param name="storage">Where it goes.</param>
/// <param name="http">Where it comes from.</param>
/// <param name="time">Clock.</param>
/// <param name="jitter">Fractions in [0, 1), so that a thousand boards do not come back to a restarted server in one instant.</param>
/// <param name="options">Limits.</param>
public sealed class BundleDownload(IUpdateStorage storage, IUpdateHttp http, TimeProvider time, Func<double> jitter, DownloadOptions options)
{
    /// <summary>Folder of what is downloaded.</summary>
    public const string Folder = "download";

    private const int BufferSize = 64 * 1024;

    // A second round mends what came damaged; an index that still does not fit then is wrong itself.
    private const int IndexRounds = 2;

    /// <summary>The bundle's file in the storage.</summary>
    public static string NameOf(FeedBundle bundle) => $"{Folder}/{bundle.Sha256[..16]}.raucb";

    /// <summary>Downloads. <paramref name="openSlot"/> gives the running slot for reading, or null; it must be seekable.</summary>
    public async Task<DownloadResult> RunAsync(FeedBundle bundle, Func<Stream?> openSlot, long bytesPerSecond, Action<DownloadProgress> report, CancellationToken cancellationToken)
    {
        var job = new Job(bundle, new TokenBucket(bytesPerSecond, time), report);
        try
        {
            var refusal = await RunAsync(job, openSlot, cancellationToken);
            return new DownloadResult(job.Name, refusal, job.Progress);
        }
        catch (IOException e)
        {
            var refusal = UpdateFolder.IsFull(e)
                ? new Refusal(RefusalCode.DiskTooSmall, $"the disk was full after {job.Progress.Held} of {bundle.Size} bytes")
                : new Refusal(RefusalCode.InstallFailed, $"the download cannot be written: {e.Message}");
            return new DownloadResult(job.Name, refusal, job.Progress);
        }
    }

    private async Task<Refusal?> RunAsync(Job job, Func<Stream?> openSlot, CancellationToken cancellationToken)
    {
        var (bundle, journal) = (job.Bundle, new DownloadJournal(storage, job.JournalName));
        storage.Keep(Folder, [.. new[] { job.Name, job.JournalName, job.IndexName }.Select(n => Path.GetFileName(n)!)]);
        using var part = storage.Open(job.Name, bundle.Size);
        var index = await IndexAsync(job, cancellationToken);
        var held = Verify(part, journal, index);
        var needed = bundle.Size - held.Sum(h => h.Length) + options.Reserve;
        if (needed > storage.FreeBytes)
        {
            return new Refusal(RefusalCode.DiskTooSmall, $"{needed} bytes are needed, {storage.FreeBytes} are free");
        }

        if (index is not null)
        {
            held = [.. held, .. CopyFromSlot(part, index, openSlot, job, held, cancellationToken)];
        }

        for (var round = 1; ; round++)
        {
            var missing = RangePlan.Missing(bundle.Size, held);
            job.Update(held: bundle.Size - missing.Sum(m => m.Length));
            if (missing.Count > 0 && !(index is not null && round > IndexRounds))
            {
                if (await FetchAsync(job, part, journal, RangePlan.Requests(missing), cancellationToken) is { } refusal)
                {
                    return refusal;
                }

                held = Verify(part, journal, index);
                continue;
            }

            if (missing.Count == 0 && HashOf(part, cancellationToken) == bundle.Sha256)
            {
                part.Flush();
                return null;
            }

            journal.Clear();
            held = [];
            if (index is null)
            {
                storage.Delete(job.Name);
                return new Refusal(RefusalCode.Altered, $"what {bundle.File} gives has another SHA-256 than the feed says");
            }

            // The index did not tell the truth: without it.
            index = null;
            storage.Delete(job.IndexName);
        }
    }

    // An index that cannot be had, or is none of this bundle, costs bytes, not the update.
    private async Task<BlockIndex?> IndexAsync(Job job, CancellationToken cancellationToken)
    {
        if (storage.Read(job.IndexName, BlockIndex.MaxSize) is { } kept && Fitting(kept, job.Bundle) is { } known)
        {
            return known;
        }

        if (job.Bundle.Blocks is not { } address || await SmallGet.TryAsync(http, address, BlockIndex.MaxSize, options.StallLimit, time, cancellationToken) is not { Body: { } bytes })
        {
            return null;
        }

        job.Update(fetched: bytes.Length);
        var index = Fitting(bytes, job.Bundle);
        if (index is not null)
        {
            storage.Write(job.IndexName, bytes);
        }

        return index;
    }

    private static BlockIndex? Fitting(byte[] bytes, FeedBundle bundle)
        => BlockIndex.Read(bytes) is { } index && index.BundleSha256 == bundle.Sha256 && index.BundleSize == bundle.Size ? index : null;

    private static List<ByteRange> Verify(Stream part, DownloadJournal journal, BlockIndex? index)
    {
        var payload = index is null ? default : new ByteRange(index.PayloadOffset, index.PayloadSize);
        var held = new List<ByteRange>(journal.Verified(part, payload));
        if (index is null)
        {
            return held;
        }

        var block = new byte[BlockIndex.BlockSize];
        part.Position = index.PayloadOffset;
        for (var i = 0; i < index.Hashes.Count; i++)
        {
            var bytes = block.AsSpan(0, index.LengthOf(i));
            part.ReadExactly(bytes);
            if (BlockHash.Of(bytes) == index.Hashes[i])
            {
                held.Add(new ByteRange(index.OffsetOf(i), bytes.Length));
            }
        }

        return held;
    }

    private static List<ByteRange> CopyFromSlot(Stream part, BlockIndex index, Func<Stream?> openSlot, Job job, List<ByteRange> held, CancellationToken cancellationToken)
    {
        var have = held.Select(h => h.Start).ToHashSet();
        var missing = Enumerable.Range(0, index.Hashes.Count).Where(i => !have.Contains(index.OffsetOf(i))).ToList();
        using var slot = OpenSlot(openSlot);
        var copied = new List<ByteRange>();
        if (slot is null || missing.Count == 0)
        {
            return copied;
        }

        var places = FindInSlot(slot, missing.Select(i => index.Hashes[i]).ToHashSet(), cancellationToken);
        var block = new byte[BlockIndex.BlockSize];
        foreach (var i in missing)
        {
            if (!places.TryGetValue(index.Hashes[i], out var place))
            {
                continue;
            }

            var bytes = block.AsSpan(0, index.LengthOf(i));
            slot.Position = place;
            if (slot.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length)
            {
                part.Position = index.OffsetOf(i);
                part.Write(bytes);
                copied.Add(new ByteRange(index.OffsetOf(i), bytes.Length));
                job.Update(fromSlot: bytes.Length);
            }
        }

        return copied;
    }

    private static Stream? OpenSlot(Func<Stream?> openSlot)
    {
        try
        {
            return openSlot();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Everything then comes over the network.
            return null;
        }
    }

    private static Dictionary<BlockHash, long> FindInSlot(Stream slot, HashSet<BlockHash> wanted, CancellationToken cancellationToken)
    {
        try
        {
            return SlotBlocks.Find(slot, wanted, cancellationToken);
        }
        catch (IOException)
        {
            // A slot with unreadable sectors runs on by luck; the more so it needs the update.
            return [];
        }
    }

    private async Task<Refusal?> FetchAsync(Job job, Stream part, DownloadJournal journal, IReadOnlyList<ByteRange> requests, CancellationToken cancellationToken)
    {
        long position = 0;
        var failures = 0;
        foreach (var request in requests)
        {
            position = Math.Max(position, request.Start);
            while (position < request.End)
            {
                using var writer = new PieceWriter(part, journal, position, options.JournalStep);
                var fault = await TransferAsync(job, writer, request, cancellationToken);
                failures = writer.Position > position ? 0 : failures;
                position = writer.Position;
                if (fault.IsFinal || (fault.Text.Length > 0 && ++failures > options.MaxFailures))
                {
                    return new Refusal(RefusalCode.Unreachable, string.Create(CultureInfo.InvariantCulture, $"{job.Bundle.File}: {fault.Text}, {position} of {job.Bundle.Size} bytes"));
                }

                if (fault.Text.Length > 0)
                {
                    job.Update(retries: 1);
                    await WaitAsync(failures, cancellationToken);
                }
            }
        }

        return null;
    }

    // One connection. Bytes that came are written and noted whatever ends it.
    private async Task<Fault> TransferAsync(Job job, PieceWriter writer, ByteRange request, CancellationToken cancellationToken)
    {
        var fault = Fault.None;
        IHttpAnswer? answer = null;
        try
        {
            var wanted = new ByteRange(writer.Position, request.End - writer.Position);
            answer = await StallGuard.RunAsync(token => http.GetAsync(new HttpGet(job.Bundle.File, wanted, job.EntityTag), token), options.StallLimit, time, cancellationToken);
            fault = await ReadAsync(job, answer, writer, request, cancellationToken);
        }
        catch (NetworkException e)
        {
            fault = new Fault(e.Message, false);
        }
        finally
        {
            if (answer is not null)
            {
                await answer.DisposeAsync();
            }
        }

        writer.Note();
        return fault;
    }

    private async Task<Fault> ReadAsync(Job job, IHttpAnswer answer, PieceWriter writer, ByteRange request, CancellationToken cancellationToken)
    {
        long skip = 0;
        var end = request.End;
        switch (answer.Status)
        {
            case 206 when answer.RangeStart is null || answer.RangeStart == writer.Position:
                break;
            case 200:
                // A server without ranges gives everything: up to here it is thrown away, from here to the end of the bundle it is taken.
                (skip, end) = (writer.Position, job.Bundle.Size);
                break;
            case 412:
                // The server's file was replaced; what it holds now the SHA-256 decides.
                job.EntityTag = "";
                return new Fault("the file has changed", false);
            case 403 or 404 or 410 or 416:
                return new Fault($"the server answers {answer.Status}", true);
            default:
                return new Fault($"the server answers {answer.Status}", false);
        }

        job.EntityTag = answer.EntityTag;
        var buffer = new byte[job.Bucket.Step(BufferSize)];
        while (writer.Position < end)
        {
            var read = await StallGuard.RunAsync(async token => await answer.Body.ReadAsync(buffer, token), options.StallLimit, time, cancellationToken);
            if (read == 0)
            {
                return new Fault("the connection ended early", false);
            }

            job.Update(fetched: read);
            await job.Bucket.TakeAsync(read, cancellationToken);
            var skipped = (int)Math.Min(skip, read);
            skip -= skipped;
            var length = (int)Math.Min(read - skipped, end - writer.Position);
            writer.Write(buffer.AsSpan(skipped, length));
            job.Update(held: job.Progress.Held + length);
        }

        return Fault.None;
    }

    private Task WaitAsync(int failures, CancellationToken cancellationToken)
    {
        var step = options.FirstWait * Math.Pow(2, Math.Min(Math.Max(failures - 1, 0), 16));
        var wait = (step < options.LongestWait ? step : options.LongestWait) * (0.5 + (0.5 * jitter()));
        return Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), time, cancellationToken);
    }

    private static string HashOf(Stream part, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        part.Position = 0;
        int read;
        while ((read = part.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private readonly record struct Fault(string Text, bool IsFinal)
    {
        public static Fault None { get; } = new("", false);
    }

    // What belongs to one run.
    private sealed class Job(FeedBundle bundle, TokenBucket bucket, Action<DownloadProgress> report)
    {
        public FeedBundle Bundle { get; } = bundle;

        public TokenBucket Bucket { get; } = bucket;

        public string Name { get; } = NameOf(bundle);

        public string JournalName => Name + ".journal";

        public string IndexName => Name + ".blocks";

        public string EntityTag { get; set; } = "";

        public DownloadProgress Progress { get; private set; } = new(bundle.Size, 0, 0, 0, 0);

        public void Update(long? held = null, long fromSlot = 0, long fetched = 0, int retries = 0)
        {
            Progress = Progress with
            {
                Held = Math.Min(held ?? Progress.Held, Bundle.Size),
                FromSlot = Progress.FromSlot + fromSlot,
                Fetched = Progress.Fetched + fetched,
                Retries = Progress.Retries + retries,
            };
            report(Progress);
        }
    }
}
