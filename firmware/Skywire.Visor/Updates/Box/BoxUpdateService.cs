// The serving board's side: hands out the bundle it has and the turns of a roll-out. Lives as long as its board serves.
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Update.Box;

namespace Skywire.Visor.Updates.Box;

/// <summary>Answers members. <c>self</c> is this board's name in the box, <c>provides</c> what it fetches for all
/// when the version it is given is ordered for the box, "" for none. Thread-safe.</summary>
internal sealed class BoxUpdateService(BoxSecret secret, string self, Func<string, string> provides, BoxOffer offer, RolloutOptions options, IEntropy entropy, TimeProvider time) : IHttpService
{
    /// <summary>After the serving board could go itself, before it asks: the others have seen by then what it has.</summary>
    public static readonly TimeSpan OthersFirst = TimeSpan.FromMinutes(3);

    // Pieces of a megabyte in memory at a time, on boards of 512 MB.
    private const int MaxReaders = 4;

    // One a member and a few to spare; the oldest goes.
    private const int MaxChallenges = 512;

    private readonly Lock _lock = new();
    private readonly Queue<string> _challenges = new();
    private readonly RolloutCoordinator _coordinator = new(self, Random(entropy), options, time.GetElapsedTime(0));
    private (string Target, TimeSpan At)? _selfWants;
    private int _readers;

    private TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>The boards that reported.</summary>
    public IReadOnlyList<RolloutBoard> Boards()
    {
        lock (_lock)
        {
            return _coordinator.Boards(Now);
        }
    }

    /// <inheritdoc/>
    public Task<HttpReply> HandleAsync(HttpCall call, HttpPeer peer, CancellationToken cancellationToken) => Task.FromResult(call.Method switch
    {
        "GET" => Get(call),
        "POST" when BoxMessage.TryOpen(secret, call.Target, call.Body.Span, out var challenge, out var json) && IsMine(challenge) => Post(call.Target, challenge, json),
        "POST" => Plain(403, "not of this box, or too late"),
        _ => Plain(405, "GET or POST"),
    });

    private static HttpReply Plain(int status, string text) => new(status, "text/plain", Encoding.UTF8.GetBytes(text));

    private static string Random(IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[BoxMessage.ChallengeLength / 2];
        entropy.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private HttpReply Get(HttpCall call)
    {
        var range = call.Header("Range") ?? "";
        if (!BoxMessage.IsMember(secret, call.Target, range, call.Header(BoxMessage.TagHeader)))
        {
            return Plain(403, "not of this box");
        }

        if (call.Target == BoxUpdatePlan.Challenge)
        {
            return Plain(200, Challenge());
        }

        if (call.Target == BoxUpdatePlan.Feed.AbsolutePath)
        {
            return new HttpReply(200, "application/json", offer.Feed);
        }

        if (!call.Target.StartsWith(BoxUpdatePlan.Bundles, StringComparison.Ordinal))
        {
            return Plain(404, "there is nothing here");
        }

        try
        {
            return Interlocked.Increment(ref _readers) > MaxReaders ? Plain(503, "others are reading; come again") : Piece(call.Target[BoxUpdatePlan.Bundles.Length..], range);
        }
        catch (IOException e)
        {
            return Plain(500, e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    // An index comes whole, a bundle in pieces.
    private HttpReply Piece(string name, string range)
    {
        if (range.Length == 0)
        {
            return name.EndsWith(BoxUpdatePlan.IndexSuffix, StringComparison.Ordinal) && offer.Read(name, 0, BoxUpdatePlan.MaxIndex) is { } index
                ? new HttpReply(200, "application/octet-stream", index) : Plain(404, "there is nothing of this name");
        }

        if (!RangeHeaderValue.TryParse(range, out var parsed) || parsed.Ranges.Count != 1 || parsed.Ranges.First() is not { From: { } from, To: { } to } || to < from || to - from >= BoxUpdatePlan.MaxPiece)
        {
            return Plain(416, string.Create(CultureInfo.InvariantCulture, $"one range of at most {BoxUpdatePlan.MaxPiece} bytes"));
        }

        return offer.Read(name, from, (int)(to - from + 1)) is { } piece ? new HttpReply(206, "application/octet-stream", piece) : Plain(404, "there is nothing of this name");
    }

    private string Challenge()
    {
        var challenge = Random(entropy);
        lock (_lock)
        {
            _challenges.Enqueue(challenge);
            if (_challenges.Count > MaxChallenges)
            {
                _challenges.Dequeue();
            }
        }

        return challenge;
    }

    private bool IsMine(string challenge)
    {
        lock (_lock)
        {
            if (!_challenges.Contains(challenge))
            {
                return false;
            }

            var others = _challenges.Where(c => c != challenge).ToList();
            _challenges.Clear();
            others.ForEach(_challenges.Enqueue);
            return true;
        }
    }

    private HttpReply Post(string path, string challenge, byte[] json)
    {
        try
        {
            if (path == BoxUpdatePlan.Report && JsonSerializer.Deserialize(json, BoxUpdateJson.Default.RolloutReport) is { IsSound: true } report)
            {
                return Sealed(path, challenge, Take(report));
            }

            if (path == BoxUpdatePlan.Order && JsonSerializer.Deserialize(json, BoxUpdateJson.Default.BoxOrder) is { Version: { Length: > 0 } version })
            {
                lock (_lock)
                {
                    _coordinator.Order(version);
                    return Sealed(path, challenge, With(new RolloutAnswer(RolloutVerdict.Wait, "", _coordinator.View(Now))));
                }
            }
        }
        catch (JsonException)
        {
            // A member of another version; it is told below.
        }

        return Plain(400, "not understood");
    }

    private HttpReply Sealed(string path, string challenge, BoxAnswer answer)
        => new(200, "application/octet-stream", BoxMessage.Seal(secret, "answer to " + path, challenge, JsonSerializer.SerializeToUtf8Bytes(answer, BoxUpdateJson.Default.BoxAnswer)));

    private BoxAnswer Take(RolloutReport report)
    {
        lock (_lock)
        {
            return With(_coordinator.Report(MustLetOthersBegin(report) ? report with { State = RolloutState.Downloading } : report, Now));
        }
    }

    private BoxAnswer With(RolloutAnswer answer)
        => new(answer, provides(answer.View is { Order: > 0, Stopped: "" } view ? view.Target : ""), offer.Bundle?.Version.Text ?? "");

    // The serving board has the bundle first, and would have its turn before anybody else knows of it.
    private bool MustLetOthersBegin(RolloutReport report)
    {
        if (report.Board != self || report.State != RolloutState.Wanting)
        {
            return false;
        }

        _selfWants = _selfWants is { } wants && wants.Target == report.Target ? wants : (report.Target, Now);
        return Now - _selfWants.Value.At < OthersFirst && _coordinator.Boards(Now).Any(b => b.Board != self && b.Version != report.Target && b.Silence < options.Away);
    }
}
