// A board on virtual time: boot loader with two slots and their tries, kernel, visor with the real update client, trial, power switch. The parts under test are the product's own.
using Skywire.Testing;
using Skywire.Update.Box;
using Skywire.Update.Download;
using Skywire.Update.Policy;
using Skywire.Update.Slots;
using Skywire.Update.Trial;
using Skywire.Update.Versions;

namespace Skywire.Update.Tests.Simulated;

/// <summary>How a version behaves once it is started.</summary>
internal enum Health
{
    Good,
    KernelPanics,
    UserspaceHangs,
    VisorCrashes,
    LosesLinks,
}

internal sealed class SimulatedSlot(string raucName, string bootName, string version)
{
    public string RaucName => raucName;

    public string BootName => bootName;

    public string Version { get; set; } = version;

    public byte[] Content { get; set; } = [];

    public bool IsWhole { get; set; } = true;

    public string Status { get; set; } = "";

    public string RaucVersion { get; set; } = "";

    public int Left { get; set; } = 3;
}

internal sealed class SimulatedBoard
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private readonly SimulationRun _run;
    private bool _rebootWanted;

    public SimulatedBoard(SimulationRun run, SimulatedServer server, string version, string name = "board")
    {
        _run = run;
        Name = name;
        Server = server;
        Storage = new MemoryStorage(Points);
        Slots = [new SimulatedSlot("rootfs.0", "A", version), new SimulatedSlot("rootfs.1", "B", "") { IsWhole = false }];
        Order = [.. Slots];
        Running = Slots[0];
        Settings = UpdateSettings.Default with { Feed = new Uri(SampleBundle.FeedAddress), Window = new UpdateWindow(default, default) };
    }

    public string Name { get; }

    public SimulatedServer Server { get; }

    public CrashPoints Points { get; } = new();

    public MemoryStorage Storage { get; }

    public List<SimulatedSlot> Slots { get; }

    /// <summary>The boot order; RAUC and the boot loader share it.</summary>
    public List<SimulatedSlot> Order { get; }

    public SimulatedSlot Running { get; private set; }

    public UpdateSettings Settings { get; set; }

    public Dictionary<string, Health> Versions { get; } = [];

    /// <summary>Bundles on media of this board, and what RAUC says to them, by path.</summary>
    public Dictionary<string, SampleBundle> Media { get; } = [];

    public Dictionary<string, string> Refusals { get; } = [];

    public Func<IRolloutTurn?> Turn { get; set; } = () => null;

    public Func<Uri?> BoxFeed { get; set; } = () => null;

    public ulong? SlotBytes { get; set; }

    public int Links { get; set; } = 2;

    public bool CrashIsPowerCut { get; set; } = true;

    public int Boots { get; private set; }

    public int Installations { get; set; }

    /// <summary>What RAUC is doing: another process, which outlives the visor, not a power cut.</summary>
    public Task RaucWork { get; set; } = Task.CompletedTask;

    /// <summary>The visor runs: traffic passes through this board.</summary>
    public bool IsUp { get; private set; }

    public bool HasPower { get; set; } = true;

    public UpdateClient? Client { get; private set; }

    public List<UpdatePhase> Phases { get; } = [];

    public bool IsOnTrial => TrialRecord.Load(Storage) is { } trial && trial.Slot == Running.BootName;

    public bool IsSettledAt(string version) => IsUp && Running.Version == version && TrialRecord.Load(Storage) is null && Client?.Status.Phase is UpdatePhase.Idle or UpdatePhase.Failed;

    /// <summary>Lives until the power goes for good.</summary>
    public async Task LiveAsync()
    {
        while (HasPower)
        {
            Boots++;
            var boot = $"{Name}-{Boots}";
            Running = Choose();
            await Task.Delay(StartTime, _run.Time);
            var health = Versions.GetValueOrDefault(Running.Version);
            if (!Running.IsWhole || health == Health.KernelPanics)
            {
                continue;
            }

            if (health == Health.UserspaceHangs)
            {
                await Task.Delay(TimeSpan.FromSeconds(14), _run.Time);
                continue;
            }

            if (!IsOnTrial)
            {
                Running.Left = 3;
            }

            while (HasPower && !await VisorAsync(boot, health))
            {
                // The visor alone ended; the board runs on.
                Points.Restart();
            }

            IsUp = false;
            Points.Restart();
            RaucWork = Task.CompletedTask;
            _run.Trace($"{Name} is down");
        }
    }

    // True when the board restarts, false when only the program ended.
    private async Task<bool> VisorAsync(string boot, Health health)
    {
        using var life = new CancellationTokenSource();
        _rebootWanted = false;
        Client = health == Health.VisorCrashes ? null : new UpdateClient(Parts(boot));
        if (Client is not null)
        {
            Client.Changed += s =>
            {
                if (Phases.Count == 0 || Phases[^1] != s.Phase)
                {
                    Phases.Add(s.Phase);
                    _run.Trace($"{Name} {s.Phase} {s.Target} {s.Reason}");
                }
            };
        }

        IsUp = Client is not null;
        var client = Client?.RunAsync(life.Token) ?? Task.CompletedTask;
        var trial = IsOnTrial ? TrialAsync(boot, health, life.Token) : null;
        while (HasPower && !_rebootWanted && !Points.IsDead)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _run.Time);
        }

        life.Cancel();
        await EndAsync(client);
        await EndAsync(trial ?? Task.CompletedTask);
        return _rebootWanted || !HasPower || CrashIsPowerCut || !Points.IsDead;
    }

    private async Task TrialAsync(string boot, Health health, CancellationToken cancellationToken)
    {
        var facts = new TrialFacts(health != Health.VisorCrashes, health != Health.VisorCrashes, health == Health.LosesLinks ? 0 : Links, true, "");
        var end = await new TrialRunner(Storage, _ => Task.FromResult(facts), _run.Time).RunAsync(new RunningSlot(Running.BootName, boot), StartTime, cancellationToken);
        if (end.Verdict == TrialVerdict.Good)
        {
            Running.Left = 3;
        }
        else
        {
            _rebootWanted = true;
        }
    }

    private static async Task EndAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is CrashException or OperationCanceledException)
        {
            // As it was meant to end.
        }
    }

    private SimulatedSlot Choose()
    {
        while (true)
        {
            if (Order.Find(s => s.Left > 0) is { } slot)
            {
                slot.Left--;
                return slot;
            }

            Slots.ForEach(s => s.Left = 3);
        }
    }

    private UpdateParts Parts(string boot) => new()
    {
        Storage = Storage,
        Http = Server,
        Rauc = new SimulatedRauc(this, _run.Time),
        Time = _run.Time,
        Jitter = () => 0.5,
        Slot = new RunningSlot(Running.BootName, boot),
        Version = SemanticVersion.Parse(Running.Version)!,
        Compatible = SampleBundle.Board,
        OpenSlot = () => new MemoryStream(Running.Content),
        SlotBytes = () => SlotBytes,
        Links = () => Links,
        Reboot = () => _rebootWanted = true,
        Settings = () => Settings,
        BoxFeed = BoxFeed,
        Turn = Turn,
        Download = new DownloadOptions { JournalStep = 64 * 1024, Reserve = 0 },
    };
}
