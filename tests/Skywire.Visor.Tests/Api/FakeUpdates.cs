// Updates made of fixed values.
using Skywire.Update.History;
using Skywire.Visor.Api;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Tests.Api;

internal sealed class FakeUpdates : IUpdateControl
{
    public List<string> Calls { get; } = [];

    public ControlException? Failure { get; set; }

    /// <summary>What View gives, one after the other; the last one stays.</summary>
    public Queue<UpdateView> Views { get; } = new([Sample]);

    public static UpdateView Sample { get; } = new()
    {
        Phase = "downloading",
        Reason = "",
        Version = "1.2.3",
        Slot = "A",
        Compatible = "skyminer-universal",
        Channel = "stable",
        Automatic = true,
        Window = "02:00-05:00",
        Feed = "https://updates.example/stable.json",
        Target = "1.3.0",
        Changelog = "faster",
        Percent = 40,
        Step = "",
        BytesTotal = 1000,
        BytesHeld = 400,
        BytesFromSlot = 300,
        BytesFetched = 100,
        Retries = 1,
        TotalFetched = 100,
        TotalReused = 300,
        LastCheck = FakeVisor.At,
        CheckFault = "",
        LastGood = FakeVisor.At,
        Refusal = "",
        RefusalCause = "",
        Remedy = "",
        Refusals = new Dictionary<string, long> { ["bad_signature"] = 2 },
        Failed = [new FailedUpdateView("1.2.9", "0 of 1 links are up")],
        Order = null,
        Folder = "/data/update",
        Rollout = null,
    };

    public UpdateView View() => Views.Count > 1 ? Views.Dequeue() : Views.Peek();

    public IReadOnlyList<HistoryEntry> History() => [new HistoryEntry { At = FakeVisor.At, Event = HistoryEntry.Good, Version = "1.2.3", FromVersion = "1.2.2", Slot = "A" }];

    public Task<UpdateView> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(Do("check"));

    public UpdateView Install(InstallUpdateRequest request) => Do($"install file={request.File} version={request.Version} downgrade={request.AllowDowngrade} box={request.Box}");

    public Task<UpdateView> RollbackAsync(CancellationToken cancellationToken) => Task.FromResult(Do("rollback"));

    public UpdateView Cancel() => Do("cancel");

    private UpdateView Do(string call)
    {
        Calls.Add(call);
        return Failure is null ? View() : throw Failure;
    }
}
