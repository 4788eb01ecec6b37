// Updates in a box: a member that asks the serving board for bundle and turn, and, while this board serves, the one that is asked.
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Update.Box;
using Skywire.Update.Download;
using Skywire.Visor.Box;

namespace Skywire.Visor.Updates.Box;

/// <summary>
/// Both sides of one board, whose name in the box is its public key. <c>provides</c> gives the kind of image and the channel that this board fetches from a feed for all while a version is ordered,
/// "" for none. The secret stays the caller's. Thread-safe.
/// </summary>
internal sealed class BoxUpdates(BoxHost host, BoxSecret secret, string board, BoxOffer offer, Func<string, string> provides, IEntropy entropy, TimeProvider time) : IBoxGuest, IRolloutTurn
{
    // Five minutes of reports: a serving board that runs, and knows nothing of updates, holds nobody up for longer.
    private const int MaxSilence = 20;

    private volatile BoxUpdateService? _service;
    private volatile string _provided = "";
    private volatile string? _offered;
    private volatile IPAddress? _asked;
    private volatile int _silence;

    /// <summary>Raised with each answer, on the task of the update client; must be quick.</summary>
    public event Action<RolloutView>? Heard;

    /// <inheritdoc/>
    string IBoxGuest.Name => "updates";

    /// <inheritdoc/>
    int IBoxGuest.Port => BoxUpdatePlan.Port;

    /// <inheritdoc/>
    public string Board => board;

    /// <summary>What this board offers when it serves.</summary>
    public BoxOffer Offer => offer;

    /// <summary>This board serves.</summary>
    public bool IsServing => host.IsServing;

    /// <summary>A serving board has answered since the start.</summary>
    public bool HasHeard { get; private set; }

    /// <summary>The way to turns; null while the serving board knows nothing of them.</summary>
    public IRolloutTurn? Turn => _silence < MaxSilence || !Equals(_asked, host.Endpoints.Address) ? this : null;

    /// <summary>The serving board's feed; null where none serves. On that board it is what a person brought for all, or what was downloaded already.</summary>
    public Uri? Feed => host.Endpoints.Address is null || (host.IsServing && offer.Bundle is null) ? null : BoxUpdatePlan.Feed;

    /// <summary>True when the serving board fetches for this kind of board and channel, so that this one need not.</summary>
    public bool IsProvided(string kindAndChannel) => !host.IsServing && _provided == kindAndChannel;

    /// <summary>True when the serving board fetches a version for this kind of board and channel, and does not have it whole yet.</summary>
    public bool IsComing(string kindAndChannel, string version) => IsProvided(kindAndChannel) && _offered is { } offered && offered != version;

    /// <summary>Boards of the roll-out; empty on a board that does not serve.</summary>
    public IReadOnlyList<RolloutBoard> Boards => _service?.Boards() ?? [];

    /// <summary>HTTP that knows the box.</summary>
    public IUpdateHttp Http(IUpdateHttp elsewhere) => new BoxUpdateHttp(elsewhere, host.Endpoints, secret, time);

    /// <inheritdoc/>
    (IHttpService Service, Action End) IBoxGuest.Begin()
    {
        var service = new BoxUpdateService(secret, board, provides, offer, RolloutOptions.Default, entropy, time);
        _service = service;
        return (service, () => _service = null);
    }

    /// <inheritdoc/>
    public async Task<RolloutAnswer> ReportAsync(RolloutReport report, CancellationToken cancellationToken)
    {
        var address = host.Endpoints.Address;
        if (!Equals(address, _asked))
        {
            (_asked, _silence) = (address, 0);
        }

        try
        {
            var answer = await PostAsync(BoxUpdatePlan.Report, report, BoxUpdateJson.Default.RolloutReport, cancellationToken);
            (_provided, _offered, _silence, HasHeard) = (answer.Provides, answer.Offers, 0, true);
            Heard?.Invoke(answer.Answer.View);
            return answer.Answer;
        }
        catch (IOException)
        {
            _provided = "";
            _silence++;
            throw;
        }
    }

    /// <summary>Orders a version for all boards. Throws <see cref="IOException"/>.</summary>
    public Task OrderAsync(string version, CancellationToken cancellationToken) => PostAsync(BoxUpdatePlan.Order, new BoxOrder(version), BoxUpdateJson.Default.BoxOrder, cancellationToken);

    private static Uri Address(string path) => new(BoxEndpoints.UrlOf(BoxUpdatePlan.Port) + path);

    private async Task<BoxAnswer> PostAsync<T>(string path, T message, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var asked = await new BoxUpdateHttp(null!, host.Endpoints, secret, time).PieceAsync(Address(BoxUpdatePlan.Challenge), null, either.Token);
            var challenge = Encoding.ASCII.GetString(asked.Body.Span);
            if (asked.Status != 200 || challenge.Length != BoxMessage.ChallengeLength)
            {
                throw new IOException($"the serving board answers {asked.Status}");
            }

            var body = BoxMessage.Seal(secret, path, challenge, JsonSerializer.SerializeToUtf8Bytes(message, type));
            var reply = await host.Endpoints.SendAsync(new HttpCall("POST", Address(path).ToString(), [], body), either.Token);
            return reply.Status == 200 && BoxMessage.TryOpen(secret, "answer to " + path, reply.Body.Span, out var echoed, out var json) && echoed == challenge
                && JsonSerializer.Deserialize(json, BoxUpdateJson.Default.BoxAnswer) is { Answer: { IsSound: true }, Provides: not null } answer
                ? answer : throw new IOException($"the serving board answers {reply.Status}, and not as a member of the box");
        }
        catch (JsonException e)
        {
            throw new IOException("the serving board's answer cannot be read", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("the serving board does not answer", e);
        }
    }
}
