// RAUC as a script: what it says of a bundle, and how an installation ends.
using Skywire.Update.Policy;
using Skywire.Update.Rauc;

namespace Skywire.Visor.Tests.Updates;

internal sealed class ScriptedRauc : IRauc
{
    public BundleFacts Bundle { get; set; } = new("skyminer-universal", "1.3.0", "", "faster");

    public Refusal? Refusal { get; set; }

    /// <summary>Thrown by the next inspection: a mistake that nobody foresaw.</summary>
    public Exception? Fault { get; set; }

    public List<string> Calls { get; } = [];

    public Task<BundleFacts> InspectAsync(string path, CancellationToken cancellationToken)
    {
        Calls.Add("inspect " + path);
        if (Fault is { } fault)
        {
            Fault = null;
            throw fault;
        }

        return Refusal is null ? Task.FromResult(Bundle) : throw new RaucException(Refusal);
    }

    public Task InstallAsync(string path, Action<RaucProgress> progress, CancellationToken cancellationToken)
    {
        Calls.Add("install " + path);
        progress(new RaucProgress(50, "Copying image"));
        return Task.CompletedTask;
    }

    public Task MarkAsync(string state, string slot, CancellationToken cancellationToken)
    {
        Calls.Add($"mark {state} {slot}");
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RaucSlot>> SlotsAsync(CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<RaucSlot>>([new RaucSlot("rootfs.0", "A", true, true, "", "1.2.3"), new RaucSlot("rootfs.1", "B", false, true, "ok", "1.2.2")]);

    public Task<string> PrimaryAsync(CancellationToken cancellationToken) => Task.FromResult("rootfs.0");
}
