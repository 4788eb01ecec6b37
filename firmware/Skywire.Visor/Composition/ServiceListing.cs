// Lists this visor's public apps in the service discovery while they run (spec 14 §4.6).
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Config;
using Skywire.Visor.Hosting;
using Skywire.Wire;

namespace Skywire.Visor.Composition;

/// <summary>Keeps listings in step with what runs. Calls wait for each other.</summary>
internal sealed class ServiceListing(IServiceDiscovery directory, PubKey key, IReadOnlyList<AppConfig> apps, Func<IReadOnlyList<AppView>> running, ILogger log)
{
    private readonly AsyncLock _turn = new();
    private readonly List<ServiceRecord> _listed = [];

    /// <summary>Lists and refreshes what runs, withdraws what does not. A passcode means private: not listed.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using var turn = await _turn.EnterAsync(cancellationToken);
        var wanted = running().Where(a => a.Status == "running" && a.Kind == AppKinds.Skysocks && !HasPasscode(a.Name)).Select(a => new ServiceRecord(key, (ushort)a.Port, "skysocks", BuildInfo.Version)).ToList();
        foreach (var record in wanted)
        {
            if (await TryAsync(record, directory.RegisterAsync, cancellationToken) && !_listed.Contains(record))
            {
                _listed.Add(record);
            }
        }

        foreach (var record in _listed.Except(wanted).ToList())
        {
            await DeleteAsync(record, cancellationToken);
        }
    }

    /// <summary>Withdraws everything.</summary>
    public async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        using var turn = await _turn.EnterAsync(cancellationToken);
        foreach (var record in _listed.ToList())
        {
            await DeleteAsync(record, cancellationToken);
        }
    }

    private async Task DeleteAsync(ServiceRecord record, CancellationToken cancellationToken)
    {
        if (await TryAsync(record, directory.DeleteAsync, cancellationToken))
        {
            _listed.Remove(record);
        }
    }

    private async Task<bool> TryAsync(ServiceRecord record, Func<ServiceRecord, CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        try
        {
            await call(record, cancellationToken);
            return true;
        }
        catch (IOException e)
        {
            // Shown with the service; tried again at the next refresh, and what cannot be withdrawn expires.
            Log.ListingFailed(log, $"{record.Type}:{record.Port}", e.Message);
            return false;
        }
    }

    private bool HasPasscode(string app) => apps.First(a => a.Name == app).Settings.ContainsKey("passcode");
}
