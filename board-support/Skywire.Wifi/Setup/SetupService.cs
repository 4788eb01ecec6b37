// The setup access point as a running part of the wifi service: policy, console, DNS and page, tied to time and sockets.
using System.Net;
using System.Net.Sockets;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Setup.Dns;
using Skywire.Wifi.Setup.Http;

namespace Skywire.Wifi.Setup;

/// <summary>Places of the setup access point.</summary>
public sealed record SetupOptions
{
    /// <summary>The board's address in the setup network; its network file gives it to the interface.</summary>
    public IPAddress Address { get; init; } = new([10, 77, 0, 1]);

    /// <summary>Port of the page; 0 takes any, for tests.</summary>
    public int PagePort { get; init; } = 80;

    /// <summary>Port of DNS; 0 takes any, for tests.</summary>
    public int DnsPort { get; init; } = 53;

    /// <summary>The service's folder.</summary>
    public string Folder { get; init; } = "/run/skyminer-wifi";

    /// <summary>How often the facts are looked at: a cable is noticed within this.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>What the setup access point asks of the rest of the service. All are called from the service's own loop or from a request; they must not block.</summary>
public sealed record SetupParts
{
    /// <summary>The owner gave settings.</summary>
    public required Func<bool> IsSet { get; init; }

    /// <summary>A wired interface has carrier: <see cref="WireCarrier.HasWire"/>.</summary>
    public required Func<bool> HasWire { get; init; }

    /// <summary>The radios there are.</summary>
    public required Func<IReadOnlyList<RadioFacts>> Radios { get; init; }

    /// <summary>What was heard last.</summary>
    public required Func<IReadOnlyList<HeardNetwork>> Heard { get; init; }

    /// <summary>Where answers go.</summary>
    public required ISetupSink Sink { get; init; }

    /// <summary>Fills bytes that nobody can foretell.</summary>
    public required FillRandom Random { get; init; }
}

/// <summary>Runs the setup access point. <see cref="RunAsync"/> returns when it has closed for good.</summary>
public sealed class SetupService(SetupOptions options, SetupParts parts, TimeProvider time) : ISetupState
{
    private readonly Lock _lock = new();
    private readonly SetupPolicy _policy = new(time, parts.Random);
    private IReadOnlyList<MeshChoice> _meshes = [];
    private SetupConsole? _shown;
    private string? _takenMesh;
    private string _fault = "";
    private SetupClaim? _claim;
    private SetupNameServer? _names;
    private SetupHttpServer? _page;
    private long _taken;
    private (long Questions, long BadQuestions, long Requests, long BadRequests) _before;

    /// <summary>Called, from the service's loop or a request, when <see cref="Claim"/> changed.</summary>
    public event Action? Changed;

    /// <summary>For the runner: which access point is wanted, and what to say of it; null when the board had settings from its start. Thread-safe.</summary>
    public SetupClaim? Claim() => Volatile.Read(ref _claim);

    /// <summary>Counters since the start, by name. Thread-safe.</summary>
    public IReadOnlyDictionary<string, long> Counters()
    {
        lock (_lock)
        {
            return new Dictionary<string, long>(StringComparer.Ordinal)
            {
                ["setup_answers_taken_total"] = _taken,
                ["setup_dns_answers_total"] = _before.Questions + (_names?.Answered ?? 0),
                ["setup_dns_malformed_total"] = _before.BadQuestions + (_names?.Malformed ?? 0),
                ["setup_page_answers_total"] = _before.Requests + (_page?.Answered ?? 0),
                ["setup_page_refused_total"] = _before.BadRequests + (_page?.Refused ?? 0),
            };
        }
    }

    /// <summary>Where the page is served; null while it is not.</summary>
    internal IPEndPoint? PageEndPoint => Volatile.Read(ref _page)?.EndPoint;

    /// <summary>Where names are asked for; null while they are not.</summary>
    internal IPEndPoint? NamesEndPoint => Volatile.Read(ref _names)?.EndPoint;

    /// <inheritdoc/>
    string? ISetupState.TakenMesh => Volatile.Read(ref _takenMesh);

    /// <summary>Runs until it has closed for good, or is cancelled; either way nothing of it is left behind.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (Look())
            {
                await Task.Delay(options.LookEvery, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to end.
        }
        finally
        {
            await CloseAsync();
        }
    }

    /// <inheritdoc/>
    SetupView ISetupState.View()
    {
        lock (_lock)
        {
            return new SetupView(_policy.Name, _meshes, (int)Math.Ceiling(_policy.Left.TotalMinutes), _taken > 0 && _policy.Phase == SetupPhase.Open ? _policy.Reason : "");
        }
    }

    /// <inheritdoc/>
    bool ISetupState.TryTake(SetupAnswers answers)
    {
        lock (_lock)
        {
            if (!_policy.Take(answers.MeshName))
            {
                return false;
            }

            _taken++;
            Volatile.Write(ref _takenMesh, answers.MeshName);
        }

        Publish();
        return true;
    }

    /// <inheritdoc/>
    void ISetupState.GiveBack(string why)
    {
        lock (_lock)
        {
            _policy.GiveBack(why);
            Volatile.Write(ref _takenMesh, null);
        }

        Publish();
    }

    // One look; false when it has closed.
    private bool Look()
    {
        var facts = new SetupFacts(parts.IsSet(), parts.HasWire(), SetupRadio.Choose(parts.Radios()));
        var meshes = MeshChoice.From(parts.Heard());
        bool isOffered;
        lock (_lock)
        {
            _policy.Look(facts);
            // Most radios cannot listen while they are an access point: what was heard before still stands.
            _meshes = meshes.Count > 0 ? meshes : _meshes;
            isOffered = _policy.IsOffered;
            if (_policy.Phase == SetupPhase.Open)
            {
                Volatile.Write(ref _takenMesh, null);
            }
        }

        _fault = "";
        ShowConsole();
        if (isOffered)
        {
            Serve();
        }

        Publish();
        return _policy.Phase != SetupPhase.Closed;
    }

    private void ShowConsole()
    {
        SetupConsole? console;
        lock (_lock)
        {
            console = _policy.IsOffered ? new SetupConsole(_policy.Name, _policy.Code, PageAddress(options.PagePort).AbsoluteUri, SetupCode.QrText(_policy.Name, _policy.Code), _policy.Claim()?.Report.ClosesAt) : null;
        }

        try
        {
            if (console != _shown)
            {
                SetupConsole.Show(options.Folder, console);
                _shown = console;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _fault = $"the console does not show the code: {e.Message}";
        }
    }

    // The address comes with the access point, seconds after it was claimed: until then binding fails, and is tried at the next look.
    private void Serve()
    {
        try
        {
            _names ??= new SetupNameServer(new IPEndPoint(options.Address, options.DnsPort), options.Address);
            if (_page is null)
            {
                var page = new SetupHttpServer(new IPEndPoint(options.Address, options.PagePort), time);
                page.Serve(new SetupSite(PageAddress(page.EndPoint.Port), this, parts.Sink).AnswerAsync);
                Volatile.Write(ref _page, page);
            }
        }
        catch (SocketException e)
        {
            _fault = e.SocketErrorCode == SocketError.AddressNotAvailable ? $"{options.Address} is not there yet" : $"the page cannot be served at {options.Address}: {e.Message}";
        }
    }

    private void Publish()
    {
        SetupClaim? claim;
        lock (_lock)
        {
            claim = _policy.Claim();
        }

        if (claim is not null && _fault.Length > 0)
        {
            claim = claim with { Report = claim.Report with { Reason = $"{claim.Report.Reason}; {_fault}" } };
        }

        if (claim != Volatile.Read(ref _claim))
        {
            Volatile.Write(ref _claim, claim);
            Changed?.Invoke();
        }
    }

    private async Task CloseAsync()
    {
        if (_page is { } page)
        {
            await page.DisposeAsync();
        }

        if (_names is { } names)
        {
            await names.DisposeAsync();
        }

        lock (_lock)
        {
            _before = (_names?.Answered ?? 0, _names?.Malformed ?? 0, _page?.Answered ?? 0, _page?.Refused ?? 0);
            (_names, _page) = (null, null);
            if (_policy.Phase != SetupPhase.Closed)
            {
                _policy.Close("the service ends");
            }
        }

        _fault = "";
        ShowConsole();
        Publish();
    }

    private Uri PageAddress(int port) => new UriBuilder(Uri.UriSchemeHttp, options.Address.ToString(), port, "/").Uri;
}
