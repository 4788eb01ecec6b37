// The update procedure of discovery entries, for clients and servers alike (spec 03 §10).
using Skywire.Crypto;
using Skywire.Discovery;

namespace Skywire.Dmsg;

/// <summary>
/// Writes successive versions of one entry. The sequence continues what the discovery has. The timestamp never goes back, not even when a board
/// without a clock battery starts in the past: the discovery would refuse such an entry. Not thread-safe.
/// </summary>
internal sealed class EntryWriter(SecKey key, IDmsgDiscovery discovery, TimeProvider time)
{
    // Five tries with these waits are the 2026 reference's (spec 03 §10).
    private const int MaxTries = 5;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>The entry last written here; null before the first.</summary>
    public DmsgEntry? Last { get; private set; }

    /// <summary>True when the discovery last had a version of the entry that was not written here, after one was: somebody else uses the key.</summary>
    public bool IsContested { get; private set; }

    /// <summary>Writes the content with the next sequence number; false when there is none any more. Throws <see cref="ServiceException"/>.</summary>
    public async Task<bool> TryWriteAsync(Func<DmsgEntry?> content, CancellationToken cancellationToken)
    {
        IsContested = false;
        var wait = FirstWait;
        var stored = Last ?? await discovery.GetEntryAsync(key.PublicKey, cancellationToken);
        for (var tries = 1; ; tries++)
        {
            var now = time.UnixNanoseconds();
            if (content() is not { } wanted)
            {
                return false;
            }

            var entry = (wanted with
            {
                Static = key.PublicKey,
                Sequence = stored is null ? 0 : stored.Sequence + 1,
                Timestamp = stored is null ? now : Math.Max(now, stored.Timestamp + 1),
            }).Sign(key);
            try
            {
                await discovery.PostEntryAsync(entry, cancellationToken);
                Last = entry;
                return true;
            }
            catch (ServiceException e) when (e.IsSequenceClash && tries < MaxTries)
            {
                await Task.Delay(wait, time, cancellationToken);
                wait = wait + wait < LongestWait ? wait + wait : LongestWait;
            }

            stored = await discovery.GetEntryAsync(key.PublicKey, cancellationToken);
            IsContested = Last is not null && stored is not null && stored.Sequence > Last.Sequence;
        }
    }

    /// <summary>Deletes the entry, if one was written. Throws <see cref="ServiceException"/>.</summary>
    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        if (Last is not null)
        {
            await discovery.DeleteEntryAsync(Last, cancellationToken);
            Last = null;
        }
    }
}
