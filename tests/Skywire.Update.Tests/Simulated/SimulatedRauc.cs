// RAUC on a simulated board: refuses what RAUC refuses, in its words, and writes in steps between which the power can go.
using Skywire.Update.Policy;
using Skywire.Update.Rauc;
using Skywire.Wire;

namespace Skywire.Update.Tests.Simulated;

internal sealed class SimulatedRauc(SimulatedBoard board, TimeProvider time) : IRauc
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(3);

    public async Task<BundleFacts> InspectAsync(string path, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        NotWhileBusy();
        var bundle = Find(path);
        return new BundleFacts(bundle.Feed.Compatible, bundle.Version, bundle.Feed.MinVersion?.Text ?? "", bundle.Feed.Changelog, (ulong)bundle.Slot.Length);
    }

    public async Task InstallAsync(string path, Action<RaucProgress> progress, CancellationToken cancellationToken)
    {
        var bundle = Find(path);
        board.Installations++;
        board.RaucWork = WriteAsync(bundle, progress);
        await board.RaucWork.Stay().WaitAsync(cancellationToken);
    }

    public async Task MarkAsync(string state, string slot, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        NotWhileBusy();
        board.Points.Pass();
        var chosen = slot == "booted" ? board.Running : board.Slots.Single(s => s.RaucName == slot);
        Assert.Equal("active", state);
        Activate(chosen);
        board.Points.Pass();
    }

    public async Task<IReadOnlyList<RaucSlot>> SlotsAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        NotWhileBusy();
        return [.. board.Slots.Select(s => new RaucSlot(s.RaucName, s.BootName, s == board.Running, s.Left > 0 && board.Order.Contains(s), s.Status, s.RaucVersion))];
    }

    public async Task<string> PrimaryAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        NotWhileBusy();
        return board.Order.Find(s => s.Left > 0)?.RaucName ?? "";
    }

    // As rauc 1.13: the slot is made unbootable first, and primary last.
    private async Task WriteAsync(SampleBundle bundle, Action<RaucProgress> progress)
    {
        var (boot, other) = (board.Boots, board.Slots.Single(s => s != board.Running));
        await StepAsync(10, "Checking bundle");
        other.Left = 0;
        board.Order.Remove(other);
        await StepAsync(20, "Updating slots");
        (other.IsWhole, other.Status, other.RaucVersion) = (false, "pending", bundle.Version);
        await StepAsync(60, "Copying image");
        (other.IsWhole, other.Version, other.Content, other.Status) = (true, bundle.Version, bundle.Slot, "ok");
        await StepAsync(90, "Marking slot");
        Activate(other);
        await StepAsync(100, "Installing done");

        async Task StepAsync(int percent, string step)
        {
            if (!board.Points.IsDead)
            {
                progress(new RaucProgress(percent, step));
            }

            await Task.Delay(Step, time);
            if (!board.HasPower || board.Boots != boot)
            {
                throw new OperationCanceledException("the power is gone");
            }

            try
            {
                board.Points.Pass();
            }
            catch (CrashException) when (!board.CrashIsPowerCut)
            {
                // The visor ends here; this is not the visor.
            }
        }
    }

    private void NotWhileBusy()
    {
        if (!board.RaucWork.IsCompleted)
        {
            throw new RaucException(RaucErrors.Map("already processing a different method"));
        }
    }

    private void Activate(SimulatedSlot slot)
    {
        board.Order.Remove(slot);
        board.Order.Insert(0, slot);
        slot.Left = 3;
    }

    private SampleBundle Find(string path)
    {
        if (board.Refusals.TryGetValue(path, out var text))
        {
            throw new RaucException(RaucErrors.Map(text));
        }

        var bytes = board.Storage.Read(Path.GetRelativePath(board.Storage.PathOf(""), path), int.MaxValue);
        return board.Media.GetValueOrDefault(path) ?? board.Media.Values.FirstOrDefault(b => bytes is not null && b.Bytes.AsSpan().SequenceEqual(bytes))
            ?? throw new RaucException(new Refusal(RefusalCode.NotFound, path));
    }
}
