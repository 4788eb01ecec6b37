// The bundle that this board has whole and offers to its box. Survives a restart of the board: the serving one goes last, and others may still need it.
using Skywire.Update.Download;
using Skywire.Update.Feed;
using Skywire.Update.Storage;

namespace Skywire.Visor.Updates.Box;

/// <summary>One bundle at most. Thread-safe.</summary>
internal sealed class BoxOffer(IUpdateStorage storage, string channel)
{
    private const string File = "box-offer.json";
    private volatile FeedBundle? _bundle;

    /// <summary>What is offered; null for nothing.</summary>
    public FeedBundle? Bundle => _bundle;

    /// <summary>The feed of it.</summary>
    public byte[] Feed => FeedWriter.Write(new UpdateFeed(channel, null, _bundle is { } bundle ? [bundle] : []), BoxUpdatePlan.Feed);

    /// <summary>Reads what was offered before the restart, if it is there still. Throws <see cref="IOException"/>.</summary>
    public void Load()
    {
        if (storage.Read(File, FeedReader.MaxBytes) is { } bytes && FeedReader.Read(bytes, BoxUpdatePlan.Feed).Feed is { Bundles: [var bundle] }
            && new FileInfo(storage.PathOf(BundleDownload.NameOf(bundle))) is { Exists: true } file && file.Length == bundle.Size)
        {
            _bundle = bundle;
        }
    }

    /// <summary>This one is whole now. Throws <see cref="IOException"/>.</summary>
    public void Take(FeedBundle bundle)
    {
        var name = BundleDownload.NameOf(bundle)[(BundleDownload.Folder.Length + 1)..];
        _bundle = bundle with
        {
            File = new Uri(BoxUpdatePlan.Feed, BoxUpdatePlan.Bundles + name),
            Blocks = bundle.Blocks is null ? null : new Uri(BoxUpdatePlan.Feed, BoxUpdatePlan.Bundles + name + BoxUpdatePlan.IndexSuffix),
        };
        storage.Write(File, Feed);
    }

    /// <summary>It goes away: another one is downloaded over it.</summary>
    public void Drop()
    {
        if (_bundle is not null)
        {
            _bundle = null;
            storage.Delete(File);
        }
    }

    /// <summary>A piece of what is offered, from <paramref name="start"/> on and at most <paramref name="limit"/> bytes; null when nothing of this name is. Throws <see cref="IOException"/>.</summary>
    public byte[]? Read(string name, long start, int limit)
    {
        if (_bundle is not { } bundle || bundle.Size <= start)
        {
            return null;
        }

        var file = BundleDownload.NameOf(bundle);
        var plain = file[(BundleDownload.Folder.Length + 1)..];
        if (name == plain + BoxUpdatePlan.IndexSuffix)
        {
            return storage.Read(file + BoxUpdatePlan.IndexSuffix, limit);
        }

        if (name != plain)
        {
            return null;
        }

        using var stream = storage.Open(file, bundle.Size);
        stream.Position = start;
        var piece = new byte[Math.Min(limit, bundle.Size - start)];
        stream.ReadExactly(piece);
        return piece;
    }
}
