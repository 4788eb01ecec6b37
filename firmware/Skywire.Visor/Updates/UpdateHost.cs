// The update client inside the visor: runs it, takes orders from API and card, and makes pictures of it.
using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Update;
using Skywire.Update.Box;
using Skywire.Update.History;
using Skywire.Update.Policy;
using Skywire.Update.Versions;
using Skywire.Visor.Api;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Composition;
using Skywire.Visor.Config;
using Skywire.Visor.Updates.Box;

namespace Skywire.Visor.Updates;

/// <summary>Hosts an <see cref="UpdateClient"/>. Thread-safe. Starts with <see cref="Start"/>, ends with disposal; an installation that runs then is RAUC's, and is settled at the next start.</summary>
internal sealed partial class UpdateHost : IUpdateControl, IAsyncDisposable
{
    /// <summary>Folder for bundles that a person brings, below the update folder; each is removed when its order has ended.</summary>
    public const string ImportFolder = "import";

    private const string NoSlot = "this system runs from no slot, so there is nothing to write an update into";

    // A member looks again this often while the box speaks of a version that it has not seen.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    // A box has found its serving board within seconds.
    private static readonly TimeSpan BoxPatience = TimeSpan.FromMinutes(2);

    // After a mistake of our own.
    private static readonly TimeSpan StartAgain = TimeSpan.FromMinutes(1);

    // After an order was ended by hand the board takes nothing by itself for a night.
    private static readonly TimeSpan HeldFor = TimeSpan.FromHours(12);

    private readonly UpdateConfig _config;
    private readonly UpdateSettings _settings;
    private readonly UpdateWorld _world;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly BoxUpdates? _box;
    private readonly UpdateClient _client;
    private readonly long _builtAt;
    private readonly UpdateTotals _totals = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private CancellationTokenSource? _life;
    private UpdateOrderView? _order;
    private long? _heldAt;
    private long? _lookedAt;
    private volatile bool _isAsked;
    private Task _running = Task.CompletedTask;
    private volatile LastGood? _lastGood;
    private UpdateStatus _shown;

    /// <summary>Builds it; nothing is read or sent before the start. <paramref name="links"/> counts the links that are up, <paramref name="box"/> makes its part in a box, null outside of one.</summary>
    public UpdateHost(UpdateConfig config, UpdateWorld world, VisorWorld visor, Func<int> links, Func<BoxOffer, Func<string, string>, BoxUpdates>? box = null)
    {
        _config = config;
        _settings = UpdateSettingsOf.Config(config);
        _world = world;
        _time = visor.Time;
        _builtAt = visor.Time.GetTimestamp();
        _log = visor.Loggers.CreateLogger<UpdateHost>();
        _box = box?.Invoke(new BoxOffer(world.Storage, _settings.Channel == UpdateChannel.Testing ? "testing" : "stable"), Provides);
        _client = new UpdateClient(new UpdateParts
        {
            Storage = world.Storage,
            Http = _box?.Http(world.Http) ?? world.Http,
            Rauc = world.Rauc,
            Time = visor.Time,
            Jitter = () => Fraction(visor.Entropy),
            Slot = world.Slot,
            Version = world.Version,
            Compatible = world.Compatible,
            OpenSlot = world.OpenSlot,
            SlotBytes = world.SlotBytes,
            Links = links,
            Reboot = world.Reboot,
            Settings = Settings,
            BoxFeed = () => _box?.Feed,
            IsComing = version => _box?.IsComing(KindAndChannel, version) ?? false,
            Turn = () => _box?.Turn,
        });
        _shown = _client.Status;
        _client.Changed += Note;
        if (_box is not null)
        {
            _box.Heard += Hear;
        }
    }

    private string KindAndChannel => $"{_world.Compatible} {_config.Channel}";

    /// <summary>Starts it. Without a slot only its picture is there.</summary>
    public void Start()
    {
        if (_world.Slot is not { } slot)
        {
            return;
        }

        Log.UpdatesStart(_log, _world.Version.Text, slot.Name, _config.Channel, _settings.Feed?.ToString() ?? "none");
        LoadOffer();
        _running = RunAsync();
        TakeFromCard();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _running;
        _stop.Dispose();
    }

    /// <summary>The picture as a part of the visor's status.</summary>
    public UpdateBriefView Brief()
    {
        var status = _client.Status;
        return new UpdateBriefView(status.PhaseWord, status.Version, status.Slot, status.Target, status.Percent, status.Reason);
    }

    /// <inheritdoc/>
    public UpdateView View()
    {
        var status = _client.Status;
        var isPossible = _world.Slot is not null;
        UpdateOrderView? order;
        lock (_lock)
        {
            order = _order;
        }

        return new UpdateView
        {
            Phase = status.PhaseWord,
            Reason = isPossible ? status.Reason : NoSlot,
            Version = status.Version,
            Slot = status.Slot,
            Compatible = status.Compatible,
            Channel = status.Channel,
            Automatic = _settings.IsAutomatic,
            Window = _settings.Window.ToString(),
            Feed = _settings.Feed?.ToString() ?? "",
            Target = status.Target,
            Changelog = status.Changelog,
            Percent = status.Percent,
            Step = status.Step,
            BytesTotal = status.BytesTotal,
            BytesHeld = status.BytesHeld,
            BytesFromSlot = status.BytesFromSlot,
            BytesFetched = status.BytesFetched,
            Retries = status.Retries,
            TotalFetched = _totals.Fetched,
            TotalReused = _totals.Reused,
            LastCheck = status.LastCheck,
            CheckFault = status.CheckFault,
            LastGood = isPossible ? LastGoodAt() : null,
            Refusal = isPossible ? status.Refusal : Refusal.WordOf(RefusalCode.NoRauc),
            RefusalCause = isPossible ? status.RefusalCause : NoSlot,
            Remedy = isPossible ? status.Remedy : new Refusal(RefusalCode.NoRauc, "").Remedy,
            Refusals = status.Refusals,
            Failed = [.. status.Failed.Select(f => new FailedUpdateView(f.Version, f.Reason))],
            Order = order,
            Folder = _world.Storage.PathOf(""),
            Rollout = Rollout(),
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<HistoryEntry> History() => _world.Slot is null ? [] : _client.History();

    /// <inheritdoc/>
    public async Task<UpdateView> CheckAsync(CancellationToken cancellationToken)
    {
        Require();
        _isAsked = true;
        return Ended(await _client.CheckAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public UpdateView Install(InstallUpdateRequest request)
    {
        Require();
        _isAsked = true;
        var order = new InstallOrder(request.File ?? "", request.Version ?? "", request.AllowDowngrade ?? false);
        if (order.File.Length > 0 && !Path.IsPathRooted(order.File))
        {
            throw new ControlException("not_found", $"{order.File} is no absolute path", "name the file from the root on");
        }

        if (request.Box ?? false)
        {
            var box = _box ?? throw new ControlException("no_box", "this board belongs to no box", "leave out --box, or add the section \"box\" to the configuration (docs/box.md)");
            Begin("for all boards, " + What(order), token => OrderForBoxAsync(box, order, token), order.File);
        }
        else
        {
            Begin(What(order), token => _client.InstallAsync(order, token), order.File);
        }

        return View();
    }

    /// <inheritdoc/>
    public async Task<UpdateView> RollbackAsync(CancellationToken cancellationToken)
    {
        Require();
        return Ended(await _client.RollbackAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public UpdateView Cancel()
    {
        Require();
        var phase = _client.Status.Phase;
        if (phase is not (UpdatePhase.Checking or UpdatePhase.Downloading or UpdatePhase.WaitingForWindow or UpdatePhase.WaitingForTurn))
        {
            throw new ControlException("busy", $"nothing that could be ended now: {_client.Status.PhaseWord}", "an installation ends by itself; \"skywire update rollback\" takes it back");
        }

        lock (_lock)
        {
            _heldAt = _time.GetTimestamp();
            _life?.Cancel();
        }

        return View();
    }

    private static double Fraction(IEntropy entropy)
    {
        Span<byte> random = stackalloc byte[sizeof(uint)];
        entropy.Fill(random);
        return BinaryPrimitives.ReadUInt32LittleEndian(random) / (uint.MaxValue + 1.0);
    }

    private UpdateSettings Settings()
    {
        lock (_lock)
        {
            var settings = _box is not null && (_box.IsProvided(KindAndChannel) || IsBoxYoung()) ? _settings with { Feed = null } : _settings;
            return _heldAt is { } at && _time.GetElapsedTime(at) < HeldFor ? settings with { IsAutomatic = false } : settings;
        }
    }

    private void Require()
    {
        if (_world.Slot is null)
        {
            var refusal = new Refusal(RefusalCode.NoRauc, NoSlot);
            throw new ControlException(refusal.Word, refusal.Cause, refusal.Remedy);
        }
    }

    private UpdateView Ended(UpdateOutcome outcome)
        => outcome.Refusal is { } refusal ? throw new ControlException(refusal.Word, refusal.Cause, refusal.Remedy) : View();

    private void Begin(string what, Func<CancellationToken, Task<UpdateOutcome>> body, string file)
    {
        UpdateOrderView view;
        lock (_lock)
        {
            if (_order is { Done: false })
            {
                throw new ControlException("busy", $"another order goes on: {_order.What}", "wait for its end (\"skywire update status\")");
            }

            _heldAt = null;
            view = _order = new UpdateOrderView((_order?.Number ?? 0) + 1, what, false, "", "", "");
        }

        _ = FollowAsync(body, file, view);
    }

    private static string What(InstallOrder order) => order.File.Length > 0 ? $"install {Path.GetFileName(order.File)}" : order.Version.Length > 0 ? $"install {order.Version}" : "install the newest";

    // Ends by itself: with the order, or with the visor.
    private async Task FollowAsync(Func<CancellationToken, Task<UpdateOutcome>> body, string file, UpdateOrderView view)
    {
        try
        {
            var outcome = await body(_stop.Token);
            view = view with { Done = true, Message = outcome.Message, Code = outcome.Refusal?.Word ?? "", Remedy = outcome.Refusal?.Remedy ?? "" };
        }
        catch (OperationCanceledException)
        {
            view = view with { Done = true, Message = "ended before it was carried out", Code = "cancelled", Remedy = "order it again; what was downloaded is kept" };
        }

        lock (_lock)
        {
            _order = view;
        }

        RemoveImported(file);
    }

    private void RemoveImported(string file)
    {
        try
        {
            if (file.Length > 0 && Path.GetDirectoryName(Path.GetFullPath(file)) == Path.GetFullPath(_world.Storage.PathOf(ImportFolder)))
            {
                File.Delete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It lies there until the next one of its name; the order has ended all the same.
        }
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            using var life = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            lock (_lock)
            {
                _life = life;
            }

            try
            {
                await _client.RunAsync(life.Token);
            }
            catch (OperationCanceledException) when (life.IsCancellationRequested)
            {
                // The visor stops, or a person ended what went on; the client then begins again with what is on the disk.
            }
            catch (Exception e)
            {
                // A board whose updates have ended silently can never be mended from afar: said at once, and begun again.
                Log.UpdatesFailed(_log, e, StartAgain);
                await RestAsync(StartAgain);
            }
            finally
            {
                lock (_lock)
                {
                    _life = null;
                }
            }
        }
    }

    private async Task RestAsync(TimeSpan span)
    {
        try
        {
            await Task.Delay(span, _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The visor stops.
        }
    }

    private void TakeFromCard()
    {
        try
        {
            var memory = new CardMemory(_world.Storage);
            if (_world.CardBundles() is [var bundle, ..] && !memory.Knows(bundle))
            {
                memory.Remember(bundle);
                Log.UpdateFromCard(_log, bundle.FullName);
                var order = new InstallOrder(bundle.FullName);
                Begin(What(order), token => _client.InstallAsync(order, token), order.File);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be written is told by the first order that needs it; the visor starts all the same.
            Log.UpdateRefused(_log, Refusal.WordOf(RefusalCode.InstallFailed), e.Message, "put the bundle on the card anew");
        }
    }

    private void Note(UpdateStatus status)
    {
        _totals.Add(status);
        KeepOffer(status);
        if (status.Phase != _shown.Phase)
        {
            _lastGood = null;

            // A look that finds nothing is no news.
            if (status.Phase is not (UpdatePhase.Idle or UpdatePhase.Checking or UpdatePhase.Failed))
            {
                Log.UpdatePhase(_log, status.PhaseWord, status.Target, status.Reason);
            }
        }

        if (status.Refusals.Values.Sum() > _shown.Refusals.Values.Sum())
        {
            Log.UpdateRefused(_log, status.Refusal, status.RefusalCause, status.Remedy);
        }

        _shown = status;
    }

    private DateTimeOffset? LastGoodAt()
    {
        if (_lastGood is not { } known)
        {
            try
            {
                known = new LastGood(_client.History().LastOrDefault(e => e.Event == HistoryEntry.Good)?.At);
            }
            catch (IOException)
            {
                known = new LastGood(null);
            }

            _lastGood = known;
        }

        return known.At;
    }

    private sealed record LastGood(DateTimeOffset? At);
}
