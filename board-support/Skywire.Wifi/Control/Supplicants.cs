// The wpa_supplicants of a board: a unit and a control socket an interface.
namespace Skywire.Wifi.Control;

/// <summary>
/// Runs wpa_supplicants as units of the service manager. One owned task an interface does what was ordered, in order; of orders that pile up only the last is carried out. What runs already with
/// the same configuration is taken over as it is, so that a crash of this service costs no link. Disposing ends those that were ordered to end and no other.
/// </summary>
public sealed class Supplicants : ISupplicants, IAsyncDisposable
{
    // As the kernel: IFNAMSIZ - 1.
    private const int MaxInterfaceName = 15;

    private readonly SupplicantOptions _options;
    private readonly IUnits _units;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SupplicantRunner> _runners = new(StringComparer.Ordinal);
    private bool _isDisposed;

    /// <summary>Begins with nothing ordered.</summary>
    public Supplicants(SupplicantOptions options, IUnits units, TimeProvider time)
    {
        options.Validate();
        _options = options;
        _units = units;
        _time = time;
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    /// <remarks>A network that differs in nothing but the number of members in its <see cref="Radios.TreeMark"/> is not started anew: that would throw out the very stations it counts.</remarks>
    public void Start(string interfaceName, SupplicantNetwork network)
    {
        if (!IsInterface(interfaceName))
        {
            throw new IOException("no interface can have this name");
        }

        if (SupplicantConfig.Fault(network) is { Length: > 0 } fault)
        {
            throw new IOException($"{interfaceName}: {fault}");
        }

        RunnerOf(interfaceName).Order(network);
    }

    /// <inheritdoc/>
    public void Stop(string interfaceName)
    {
        // What a service before this one has left running has its file.
        if (IsInterface(interfaceName) && (Find(interfaceName) is not null || File.Exists(_options.ConfigFile(interfaceName))))
        {
            RunnerOf(interfaceName).Order(null);
        }
    }

    /// <inheritdoc/>
    public SupplicantState State(string interfaceName) => Find(interfaceName)?.State ?? new SupplicantState();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<SupplicantRunner> runners;
        lock (_lock)
        {
            _isDisposed = true;
            runners = [.. _runners.Values];
        }

        foreach (var runner in runners)
        {
            await runner.DisposeAsync();
        }
    }

    // What can be part of a unit's name and of a path, and what the kernel takes.
    private static bool IsInterface(string name)
        => name.Length is > 0 and <= MaxInterfaceName && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');

    private SupplicantRunner? Find(string interfaceName)
    {
        lock (_lock)
        {
            return _runners.GetValueOrDefault(interfaceName);
        }
    }

    private SupplicantRunner RunnerOf(string interfaceName)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_runners.TryGetValue(interfaceName, out var runner))
            {
                runner = new SupplicantRunner(interfaceName, _options, _units, _time, () => Changed?.Invoke());
                _runners[interfaceName] = runner;
            }

            return runner;
        }
    }
}
