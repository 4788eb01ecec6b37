// A bundle made of seeded bytes: head, payload of blocks, tail.
using System.Security.Cryptography;
using Skywire.Update.Blocks;
using Skywire.Update.Feed;
using Skywire.Update.Versions;

namespace Skywire.Update.Tests.Simulated;

/// <summary>A bundle, the slot image in it, and what the feed says about it.</summary>
internal sealed class SampleBundle
{
    public const string Board = "skyminer-universal";
    public const string FeedAddress = "https://updates.example/stable.json";
    private const int Head = 5000;
    private const int Tail = 9000;

    public SampleBundle(string version, int blocks = 64, byte[]? slotBefore = null, int changed = 0, string minimum = "")
    {
        Version = version;
        var random = new Random(HashCode(version));
        Slot = slotBefore is null ? new byte[(blocks * BlockIndex.BlockSize) - 100] : [.. slotBefore];
        random.NextBytes(slotBefore is null ? Slot : Slot.AsSpan(Slot.Length - changed));
        var (head, tail) = (new byte[Head], new byte[Tail]);
        random.NextBytes(head);
        random.NextBytes(tail);
        Bytes = [.. head, .. Slot, .. tail];
        Index = BlockIndex.Of(new MemoryStream(Bytes), Head, Slot.Length);
        Feed = new FeedBundle
        {
            Compatible = Board,
            Version = SemanticVersion.Parse(version)!,
            MinVersion = SemanticVersion.Parse(minimum),
            File = new Uri(new Uri(FeedAddress), $"{version}.raucb"),
            Size = Bytes.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(Bytes)),
            Blocks = new Uri(new Uri(FeedAddress), $"{version}.raucb.blocks"),
            Changelog = $"what is new in {version}",
        };
    }

    public string Version { get; }

    public byte[] Slot { get; }

    public byte[] Bytes { get; }

    public BlockIndex Index { get; }

    public FeedBundle Feed { get; }

    public static void Publish(SimulatedServer server, params IReadOnlyList<SampleBundle> bundles)
    {
        foreach (var bundle in bundles)
        {
            server.Files[bundle.Feed.File.ToString()] = bundle.Bytes;
            server.Files[bundle.Feed.Blocks!.ToString()] = bundle.Index.ToArray();
        }

        server.Files[FeedAddress] = FeedWriter.Write(new UpdateFeed("stable", null, [.. bundles.Select(b => b.Feed)]), new Uri(FeedAddress));
    }

    // string.GetHashCode differs from run to run.
    private static int HashCode(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
}
