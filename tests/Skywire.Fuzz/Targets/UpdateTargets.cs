// What the update client reads from others: the bus and RAUC's answers, feeds, block indexes, and its own files after a power cut.
using System.Buffers;
using Skywire.Fuzz.Engine;
using Skywire.Linux.DBus;
using Skywire.Update.Blocks;
using Skywire.Update.Feed;
using Skywire.Update.History;
using Skywire.Update.Rauc;
using Skywire.Update.Storage;
using Skywire.Update.Trial;

namespace Skywire.Fuzz.Targets;

internal static class UpdateTargets
{
    private static readonly Uri Address = new("https://updates.example/stable.json");

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("dbus-message", Message) { AllocationPerByte = 2048 },
        new("update-feed", Feed) { AllocationBase = 256 * 1024, AllocationPerByte = 512 },
        new("update-index", Index),
        new("update-files", Files) { AllocationBase = 256 * 1024, AllocationPerByte = 2048 },
    ];

    // A stream of messages, as a connection reads it; what is read is written again and read back.
    private static int Message(ReadOnlySpan<byte> input)
    {
        var outcome = 0;
        while (true)
        {
            var status = DBusMessageCodec.TryRead(input, out var message, out var consumed);
            if (status != OperationStatus.Done)
            {
                return status == OperationStatus.InvalidData ? 100 + outcome : outcome;
            }

            if (consumed <= 0 || consumed > input.Length)
            {
                throw new ContractException($"{consumed} bytes consumed of {input.Length}");
            }

            // The bytes differ in order and unknown fields; the values must not.
            var written = DBusMessageCodec.Write(message! with { Type = message.Type == DBusMessageType.Unknown ? DBusMessageType.Return : message.Type });
            if (DBusMessageCodec.TryRead(written, out var again, out _) == OperationStatus.Done && !DBusMessageCodec.Write(again!).AsSpan().SequenceEqual(written))
            {
                throw new ContractException("a message changes when it is written and read");
            }

            foreach (var value in message.Body)
            {
                outcome = Math.Max(outcome, 10 + RaucClient.ReadSlots(value).Count);
                outcome += RaucClient.ReadFacts(value).Version.Length > 0 ? 20 : 0;
            }

            outcome = Math.Min(outcome + 1 + (int)message.Type, 90);
            input = input[consumed..];
        }
    }

    private static int Feed(ReadOnlySpan<byte> input)
    {
        var (feed, fault) = FeedReader.Read(input.ToArray(), Address);
        if (feed is null == (fault.Length == 0))
        {
            throw new ContractException("neither a feed nor a fault, or both");
        }

        if (feed is not null && FeedReader.Read(FeedWriter.Write(feed, Address), Address).Feed?.Bundles.Count != feed.Bundles.Count)
        {
            throw new ContractException("a feed changes when it is written and read");
        }

        return feed is null ? Math.Min(fault.Length, 60) : 100 + feed.Bundles.Count + (feed.Released is null ? 0 : 50);
    }

    private static int Index(ReadOnlySpan<byte> input)
    {
        var index = BlockIndex.Read(input);
        if (index is not null && !index.ToArray().AsSpan().SequenceEqual(input))
        {
            throw new ContractException("an index is written otherwise than it was read");
        }

        return index?.Hashes.Count ?? (input.Length < BlockIndex.HeaderSize ? -2 : -1);
    }

    // First byte: which file the rest is.
    private static int Files(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return -1;
        }

        var files = new OneFile(input[1..].ToArray());
        return (input[0] % 3) switch
        {
            0 => TrialRecord.Load(files) is { } trial ? 2 + (int)trial.Stage : 1,
            1 => 10 + Math.Min(new UpdateHistory(files).Entries().Count, 8),
            _ => 20 + Math.Min(Update.ClientState.Load(files).Failed.Count, 8),
        };
    }

    private sealed class OneFile(byte[] content) : IUpdateStorage
    {
        public long FreeBytes => 0;

        public string PathOf(string name) => name;

        public byte[]? Read(string name, int limit) => content.Length <= limit ? content : null;

        public void Write(string name, ReadOnlySpan<byte> content) => throw new NotSupportedException();

        public void Append(string name, ReadOnlySpan<byte> content) => throw new NotSupportedException();

        public void Delete(string name) => throw new NotSupportedException();

        public Stream Open(string name, long size) => throw new NotSupportedException();

        public void Keep(string folder, IReadOnlyCollection<string> names) => throw new NotSupportedException();
    }
}
