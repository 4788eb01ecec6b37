using Skywire.Testing;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupListenerTests : TestBase
{
    private readonly VirtualTime _time = new();

    [Fact]
    public async Task ListenAsync_SeveralRadios_HearsWithEachThatCan()
    {
        var kernel = new FakeKernel
        {
            Scans =
            {
                [1] = _ => Task.FromResult<IReadOnlyList<HeardNetwork>>([SetupSamples.Mesh("home")]),
                [2] = _ => throw new RadioException("busy", 16),
                [3] = _ => Task.FromResult<IReadOnlyList<HeardNetwork>>([SetupSamples.Mesh("far")]),
            },
        };
        var heard = await new SetupListener(kernel, _time).ListenAsync(Deadline);
        Assert.Equal(["home", "far"], heard.Select(h => h.Name));
        Assert.Equal([1, 2, 3], kernel.SwitchedOn);
    }

    [Fact]
    public async Task ListenAsync_DriverThatDoesNotAnswer_IsGivenUp()
    {
        var kernel = new FakeKernel
        {
            Scans =
            {
                [1] = async token =>
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
                    return [];
                },
                [2] = _ => Task.FromResult<IReadOnlyList<HeardNetwork>>([SetupSamples.Mesh("home")]),
            },
        };
        var listening = new SetupListener(kernel, _time).ListenAsync(Deadline);
        Assert.False(listening.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal("home", Assert.Single(await listening.WaitAsync(Deadline)).Name);
    }

    [Fact]
    public async Task ListenAsync_NoKernel_HearsNothing() => Assert.Empty(await new SetupListener(new FakeKernel { IsBroken = true }, _time).ListenAsync(Deadline));

    private sealed class FakeKernel : IRadioKernel
    {
        public Dictionary<int, Func<CancellationToken, Task<IReadOnlyList<HeardNetwork>>>> Scans { get; } = [];

        public bool IsBroken { get; init; }

        public List<int> SwitchedOn { get; } = [];

        public event Action? Changed
        {
            add => throw new NotSupportedException();
            remove => throw new NotSupportedException();
        }

        public IReadOnlyList<RadioFacts> Radios() => IsBroken ? throw new RadioException("no netlink", 1)
            : [.. Scans.Keys.Select(i => SetupSamples.Radio(i) with { Interfaces = [new RadioInterface { Index = i, Name = $"wlan{i}", Type = InterfaceType.Station }] })];

        public Task<IReadOnlyList<HeardNetwork>> ScanAsync(int interfaceIndex, CancellationToken cancellationToken) => Scans[interfaceIndex](cancellationToken);

        public void SetUp(int interfaceIndex, bool isUp) => SwitchedOn.Add(interfaceIndex);

        public IReadOnlyList<Station> Stations(int interfaceIndex) => throw new NotSupportedException();

        public IReadOnlyList<MeshPath> Paths(int interfaceIndex) => throw new NotSupportedException();

        public void SetCountry(string country) => throw new NotSupportedException();

        public int AddInterface(int radioIndex, string name, InterfaceType type) => throw new NotSupportedException();

        public void DeleteInterface(int interfaceIndex) => throw new NotSupportedException();

        public void SetType(int interfaceIndex, InterfaceType type) => throw new NotSupportedException();

        public void SetPowerSave(int interfaceIndex, bool isOn) => throw new NotSupportedException();

        public void SetMesh(int interfaceIndex, MeshParameters parameters) => throw new NotSupportedException();
    }
}
