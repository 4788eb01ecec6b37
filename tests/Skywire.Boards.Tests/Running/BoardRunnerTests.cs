using System.Text;
using Skywire.Boards.Buttons;
using Skywire.Boards.Data;
using Skywire.Boards.Leds;
using Skywire.Boards.Running;
using Skywire.Boards.Screen;
using Skywire.Boards.Settings;
using Skywire.Boards.Tests.Leds;
using Skywire.Testing;

namespace Skywire.Boards.Tests.Running;

public sealed class BoardRunnerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeLeds _leds = new("test:green", "test:red");
    private readonly FakeMesh _mesh = new();
    private readonly FakeAir _air = new();
    private readonly FakeButton _button = new();
    private readonly List<BoardState> _states = [];

    public void Dispose()
    {
        _folder.Dispose();
        _leds.Dispose();
    }

    [Fact]
    public void RunAsync_VisorJoinsAndDies_LedsAndReportFollow() => Run(async sim =>
    {
        await Wait(sim, 5);
        Assert.Equal("timer", Trigger("test:green"));
        _mesh.Status = new MeshStatus("joined", "1 transport up", "02ab", null);
        await Wait(sim, 5);
        Assert.Equal("heartbeat", Trigger("test:green"));
        Assert.Equal("joined", Report().State);
        _mesh.Status = null;
        await Wait(sim, 15);
        Assert.Equal("none", Trigger("test:green"));
        Assert.Equal("timer", Trigger("test:red"));
        Assert.Equal("125", _leds.Read("test:red", "delay_on"));
        Assert.Equal("failed", Report().State);
        Assert.Equal([BoardState.Booting, BoardState.Joined, BoardState.Booting, BoardState.Failed], _states);
    });

    [Fact]
    public void RunAsync_Updating_IsShownWhileItsMarkIsThere() => Run(async sim =>
    {
        _mesh.Status = new MeshStatus("traffic", "", "02ab", null);
        _folder.Write("run/updating", "");
        await Wait(sim, 5);
        Assert.Equal("updating", Report().State);
        Assert.Equal("pattern", Trigger("test:green"));
        File.Delete(_folder.File("run/updating"));
        await Wait(sim, 5);
        Assert.Equal("netdev", Trigger("test:green"));
    });

    [Fact]
    public void RunAsync_ShortPress_FlashesTheStateThenShowsItAgain() => Run(async sim =>
    {
        _mesh.Status = new MeshStatus("joined", "", "02ab", null);
        await Wait(sim, 5);
        _button.Edge(true);
        await Wait(sim, 0.3);
        _button.Edge(false);
        await Wait(sim, 0.5);
        Assert.Equal("pattern", Trigger("test:green"));
        Assert.Equal(32, _leds.Read("test:red", "pattern").Split(' ').Length);
        await Wait(sim, 15);
        Assert.Equal("heartbeat", Trigger("test:green"));
        Assert.Equal(1, Report().Button!.ShortPresses);
    });

    [Fact]
    public void RunAsync_LongPress_WarnsConfirmsAndOrders() => Run(async sim =>
    {
        _mesh.Status = new MeshStatus("joined", "", "02ab", null);
        await Wait(sim, 5);
        _button.Edge(true);
        await Wait(sim, 3);
        Assert.Equal("timer", Trigger("test:red"));
        Assert.False(File.Exists(_folder.File("own/forget-settings")));
        await Wait(sim, 5);
        Assert.Equal("default-on", Trigger("test:red"));
        Assert.True(File.Exists(_folder.File("own/forget-settings")));
        _button.Edge(false);
        await Wait(sim, 20);
        Assert.Equal("default-on", Trigger("test:red"));

        // The other unit took the order away and the board is still here: it failed.
        File.Delete(_folder.File("own/forget-settings"));
        await Wait(sim, 5);
        Assert.Equal("heartbeat", Trigger("test:green"));
        Assert.False(File.Exists(_folder.File("own/forget-settings")));
    });

    [Fact]
    public void RunAsync_Console_ShowsStateAndMistakesWithoutPrintingTraffic() => Run(async sim =>
    {
        KeptFile.Write(_folder.File("run/settings.json"), new SettingsOutcome
        {
            Name = "attic",
            PublicKey = "02ab",
            Services = "box",
            MeshName = "home",
            IsOpenBox = true,
            HasSsh = false,
            PagePort = 8000,
            MeshFile = "x",
            Mistakes = [new SettingsMistake(7, "address", "is wrong", "")],
        }, BoardJson.Default.SettingsOutcome, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _folder.Write("trigger", "");
        _mesh.Status = new MeshStatus("joined", "2 transports up", "02ab", new MeshBox("home", true, 3, "cellar", false, ""));
        await Wait(sim, 8);
        var first = _folder.Read("own/issue");
        Assert.Contains("attic", first, StringComparison.Ordinal);
        Assert.Contains("line 7: address is wrong", first, StringComparison.Ordinal);
        Assert.Contains("3 boards", first, StringComparison.Ordinal);
        Assert.Contains("#password=", ConsolePage.Link("192.0.2.7", new ConsoleFacts { PagePort = 8000, PagePassword = "abc" }), StringComparison.Ordinal);
        Assert.Equal("\n", _folder.Read("trigger"));
        Assert.Equal("attention", Report().State);
        File.WriteAllText(_folder.File("own/issue"), "untouched");
        _mesh.Status = _mesh.Status with { };
        await Wait(sim, 60);
        Assert.Equal("untouched", _folder.Read("own/issue"));
    });

    [Fact]
    public void RunAsync_Air_IsOnLedReportAndConsole() => Run(async sim =>
    {
        _mesh.Status = new MeshStatus("no_link", "no transport is up", "02ab", null);
        _air.Status = new AirStatus("searching", "nobody heard");
        await Wait(sim, 5);
        Assert.Equal(("150", "1850"), (_leds.Read("test:green", "delay_on"), _leds.Read("test:green", "delay_off")));
        Assert.Equal(("no_link", "no transport is up; searching on the air"), (Report().State, Report().Reason));
        Assert.Equal(_air.Status, Report().Air);
        _air.Status = new AirStatus("setup", "nobody set this board up", "Skyminer-1");
        await Wait(sim, 8);
        Assert.Equal(("1850", "150"), (_leds.Read("test:green", "delay_on"), _leds.Read("test:green", "delay_off")));
        Assert.Contains("air      connect a phone to the network", _folder.Read("own/issue"), StringComparison.Ordinal);
        Assert.Contains("Skyminer-1", _folder.Read("own/issue"), StringComparison.Ordinal);
        _air.Status = null;
        await Wait(sim, 5);
        Assert.Equal("1000", _leds.Read("test:green", "delay_on"));
        Assert.Null(Report().Air);
    });

    [Fact]
    public void RunAsync_QuietHour_AsksTheVisorEveryOtherSecond() => Run(async sim =>
    {
        _mesh.Status = new MeshStatus("joined", "", "02ab", null);
        await Wait(sim, 3600);
        Assert.InRange(_mesh.Questions, 1700, 1810);
        Assert.Equal([BoardState.Booting, BoardState.Joined], _states);
    });

    private static Task Wait(SimulationRun sim, double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), sim.Time);

    private string Trigger(string led) => _leds.Class.Trigger(led)!;

    private BoardReport Report() => ReportFile.Read(_folder.File("own"))!;

    private void Run(Func<SimulationRun, Task> body) => SimulationRun.Execute(1, async sim =>
    {
        Directory.CreateDirectory(_folder.File("own"));
        using var stop = new CancellationTokenSource();
        var parts = new BoardParts
        {
            Board = BoardFileReader.Parse(Encoding.UTF8.GetBytes(Sample.JsonWithAir)).Board! with { Leds = [.. BoardFileReader.Parse(Encoding.UTF8.GetBytes(Sample.JsonWithAir)).Board!.Leds.Take(2)] },
            Air = _air,
            Leds = new LedDriver(_leds.Class),
            Button = _button,
            Mesh = _mesh,
            Screen = new IssueFile(_folder.File("own/issue"), _folder.File("trigger")),
            Places = new ApplyPlaces(_folder.File("boot"), _folder.File("data"), _folder.File("run"), _folder.File("state"), _folder.Path),
            OwnFolder = _folder.File("own"),
            Model = "Test",
            Release = "1",
            Wire = () => "end0",
            Addresses = () => ["192.0.2.7"],
        };
        var runner = new BoardRunner(parts, sim.Time, (state, _) =>
        {
            _leds.React();
            if (_states.Count == 0 || _states[^1] != state)
            {
                _states.Add(state);
            }
        });
        var running = runner.RunAsync(stop.Token);
        await body(sim);
        stop.Cancel();
        await running;
    }, new SimulationOptions { VirtualBudget = TimeSpan.FromHours(2) });

    private sealed class FakeMesh : IMeshStatusSource
    {
        public MeshStatus? Status { get; set; }

        public int Questions { get; private set; }

        public Task<(MeshStatus? Status, string Fault)> AskAsync(CancellationToken cancellationToken)
        {
            Questions++;
            return Task.FromResult((Status, Status is null ? "the visor does not run" : ""));
        }
    }

    private sealed class FakeAir : IAirStatusSource
    {
        public AirStatus? Status { get; set; }

        public AirStatus? Read() => Status;
    }

    private sealed class FakeButton : IButtonSource
    {
        private readonly Queue<bool> _edges = new();
        private TaskCompletionSource? _wake;

        public string Fault => "";

        public bool IsDownAtStart => false;

        public void Edge(bool isDown)
        {
            _edges.Enqueue(isDown);
            _wake?.TrySetResult();
        }

        public bool? TakeEdge() => _edges.TryDequeue(out var edge) ? edge : null;

        public void WakeAtEdge(TaskCompletionSource wake)
        {
            _wake = wake;
            if (_edges.Count > 0)
            {
                wake.TrySetResult();
            }
        }

        public void Dispose()
        {
        }
    }
}
