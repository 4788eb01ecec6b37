// Units without a service manager: a unit is what the test makes of it.
using Skywire.Wifi.Control;

namespace Skywire.Wifi.Tests.Control;

/// <summary>Keeps account of orders; <paramref name="start"/> and <paramref name="stop"/> do what a unit's program would.</summary>
internal sealed class FakeUnits(Action<string> start, Action<string> stop) : IUnits
{
    private readonly Lock _lock = new();
    private readonly List<string> _orders = [];
    private UnitState _state = UnitState.None;

    /// <summary>How the unit is.</summary>
    public UnitState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }

        set
        {
            lock (_lock)
            {
                _state = value;
            }
        }
    }

    /// <summary>What the next order answers; "" lets it work.</summary>
    public string Refusal { get; set; } = "";

    /// <summary>Thrown by the next order: a mistake that nobody foresaw.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Completes before an order is carried out.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Orders so far: "start skyminer-wpa@wlan0.service".</summary>
    public IReadOnlyList<string> Orders
    {
        get
        {
            lock (_lock)
            {
                return [.. _orders];
            }
        }
    }

    public Task StartAsync(string unit, CancellationToken cancellationToken) => DoAsync("start", unit, isStop: false, isStart: true);

    public Task RestartAsync(string unit, CancellationToken cancellationToken) => DoAsync("restart", unit, isStop: true, isStart: true);

    public Task StopAsync(string unit, CancellationToken cancellationToken) => DoAsync("stop", unit, isStop: true, isStart: false);

    public Task<UnitState> StateAsync(string unit, CancellationToken cancellationToken) => Task.FromResult(State);

    private async Task DoAsync(string order, string unit, bool isStop, bool isStart)
    {
        lock (_lock)
        {
            _orders.Add($"{order} {unit}");
        }

        await Gate;
        if (Fault is { } fault)
        {
            Fault = null;
            throw fault;
        }

        if (Refusal.Length > 0)
        {
            throw new IOException(Refusal);
        }

        if (isStop)
        {
            stop(unit);
            State = UnitState.None;
        }

        if (isStart)
        {
            start(unit);
            State = new UnitState("active", "running", "success", 0);
        }
    }
}
