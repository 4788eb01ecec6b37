// What members of a box send to the board that hands out updates and turns: from anybody, and from members gone bad.
using System.Buffers.Binary;
using System.Text;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Fuzz.Engine;
using Skywire.Testing;
using Skywire.Update.Box;
using Skywire.Update.Feed;
using Skywire.Update.Storage;
using Skywire.Update.Versions;
using Skywire.Visor.Updates.Box;

namespace Skywire.Fuzz.Targets;

internal static class BoxUpdateTargets
{
    /// <summary>First byte of a message: a POST as it is.</summary>
    public const byte Foreign = 0;

    /// <summary>A report, sealed as a member can.</summary>
    public const byte Report = 1;

    /// <summary>An order, sealed.</summary>
    public const byte Order = 2;

    /// <summary>A GET with its tag: path, line feed, range.</summary>
    public const byte Get = 3;

    private const int BundleSize = 5000;

    // All that a member can be answered.
    private static readonly int[] Statuses = [200, 206, 400, 403, 404, 416, 503];

    private static readonly HttpPeer Peer = new(System.Net.IPAddress.Parse("192.0.2.9"), default);

    public static IReadOnlyList<FuzzTarget> All { get; } = [new("box-updates", Messages) { AllocationBase = 512 * 1024, AllocationPerByte = 4096, QuickShare = 0.5 }];

    // Repeated: mode (1), seconds to wait (1), length (2), message.
    private static int Messages(ReadOnlySpan<byte> input)
    {
        var time = new VirtualTime();
        var offer = new BoxOffer(new ZeroStorage(), "stable");
        offer.Take(new FeedBundle { Compatible = "b", Version = SemanticVersion.Parse("1.0.0")!, File = new Uri("http://a.example/f.raucb"), Size = BundleSize, Sha256 = new string('a', 64), Blocks = new Uri("http://a.example/f.blocks") });
        var service = new BoxUpdateService(BoxTargets.Secret, "own", static _ => "b stable", offer, RolloutOptions.Default, FuzzKeys.Entropy("own"), time);
        var outcome = 0;
        while (input.Length >= 4)
        {
            var (mode, length) = (input[0] % 4, Math.Min((int)BinaryPrimitives.ReadUInt16BigEndian(input[2..]), input.Length - 4));
            time.Advance(TimeSpan.FromSeconds(input[1]));
            var message = input.Slice(4, length);
            input = input[(4 + length)..];
            var reply = Send(service, mode, message);
            if (reply.Status == 200 && mode is Report or Order && !BoxMessage.TryOpen(BoxTargets.Secret, "answer to " + Path(mode), reply.Body.Span, out _, out _))
            {
                throw new ContractException("an answer that its member cannot open");
            }

            if (!Statuses.Contains(reply.Status))
            {
                throw new ContractException($"status {reply.Status}");
            }

            if (mode == Foreign && reply.Status != 403)
            {
                throw new ContractException($"a foreign message is answered with {reply.Status}");
            }

            outcome |= 1 << ((mode * 7) + Array.IndexOf(Statuses, reply.Status));
        }

        return outcome | (Math.Min(service.Boards().Count, 3) << 28);
    }

    private static string Path(int mode) => mode == Order ? BoxUpdatePlan.Order : BoxUpdatePlan.Report;

    private static HttpReply Send(BoxUpdateService service, int mode, ReadOnlySpan<byte> message)
    {
        HttpReply Ask(string method, string target, byte[] body, params KeyValuePair<string, string>[] headers) => service.HandleAsync(new HttpCall(method, target, headers, body), Peer, CancellationToken.None).GetAwaiter().GetResult();
        HttpReply Tagged(string path, string range) => Ask("GET", path, [], new(BoxMessage.TagHeader, BoxMessage.TagOfGet(BoxTargets.Secret, path, range)), new("Range", range));
        switch (mode)
        {
            case Foreign:
                return Ask("POST", BoxUpdatePlan.Report, message.ToArray());
            case Get:
                var words = Encoding.UTF8.GetString(message).Split('\n', 2);
                return Tagged(words[0], words.Length > 1 ? words[1] : "");
            default:
                var challenge = Encoding.ASCII.GetString(Tagged(BoxUpdatePlan.Challenge, "").Body.Span);
                return Ask("POST", Path(mode), BoxMessage.Seal(BoxTargets.Secret, Path(mode), challenge, message));
        }
    }

    // A bundle and an index of zeros.
    private sealed class ZeroStorage : IUpdateStorage
    {
        public long FreeBytes => 0;

        public string PathOf(string name) => name;

        public byte[]? Read(string name, int limit) => new byte[100];

        public void Write(string name, ReadOnlySpan<byte> content)
        {
            // The offer is kept in memory too.
        }

        public void Append(string name, ReadOnlySpan<byte> content) => throw new NotSupportedException();

        public void Delete(string name) => throw new NotSupportedException();

        public Stream Open(string name, long size) => new MemoryStream(new byte[size]);

        public void Keep(string folder, IReadOnlyCollection<string> names) => throw new NotSupportedException();
    }
}
