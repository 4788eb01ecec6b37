using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Tests.Emulation;

public sealed class BootLogTests
{
    private static readonly string[] Start =
    [
        "U-Boot 2025.01-3+deb13u1 (Nov 21 2026 - 15:00:00 +0000)\r",
        "skyminer: slot state from first copy: order A B, A 3, B 3\r",
        "skyminer: starting slot A (5ca1ab1e-02)\r",
        "Starting kernel ...\r",
    ];

    [Fact]
    public void Add_StartToLogin_HasEveryStepWithItsTime()
    {
        var log = Read(Start);
        log.AddOpen("\u001b[0mtested login: ", 12.5);
        Assert.Equal([BootStep.Loader, BootStep.Slot, BootStep.Kernel, BootStep.Login], log.Seconds.Keys.Order());
        Assert.Equal(12.5, log.Seconds[BootStep.Login]);
        Assert.Equal(("A", "first", (3, 3)), (log.Slot, log.SlotStateFrom, log.TriesLeft));
        Assert.Empty(log.Problems);
        Assert.Equal(0, log.Restarts);
    }

    [Fact]
    public void AddOpen_SamePromptLater_KeepsFirstTime()
    {
        var log = new BootLog();
        log.AddOpen("tested login: ", 10);
        log.Add("tested login: ", 20);
        Assert.Equal(10, log.Seconds[BootStep.Login]);
    }

    [Fact]
    public void AddOpen_HalfABanner_IsNoRestart()
    {
        var log = Read(Start);
        log.AddOpen("U-Boot 2025.01", 5);
        Assert.Equal(0, log.Restarts);
    }

    [Fact]
    public void Add_SecondBanner_CountsRestartAndStartsAnew()
    {
        var log = Read([.. Start, "[    3.1] Kernel panic - not syncing: Attempted to kill init!\r", Start[0]]);
        Assert.Equal(1, log.Restarts);
        Assert.Equal([BootStep.Loader], log.Seconds.Keys);
        Assert.Contains("Kernel panic", Assert.Single(log.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("skyminer: slot A does not start; the next try or the other slot follows")]
    [InlineData("skyminer: no slot has tries left; all counters start again")]
    [InlineData("[    9.0] skyminer: cannot start this slot: no overlay; reboot in 5 s")]
    [InlineData("resetting ...")]
    public void Add_LineOfTrouble_IsAProblem(string line) => Assert.Equal([line], Read([line]).Problems);

    [Theory]
    [InlineData("Hit any key to stop autoboot: 0")]
    [InlineData("[   12.9] watchdog: watchdog0: watchdog did not stop!")]
    [InlineData("last login: never")]
    public void Add_OrdinaryLine_IsNeitherStepNorProblem(string line)
    {
        var log = Read([line]);
        Assert.Empty(log.Seconds);
        Assert.Empty(log.Problems);
    }

    [Fact]
    public void Add_ConsolePage_TellsStatesOnceEach()
    {
        var log = Read(
        [
            "\u001b[30;47m  █▀▀ \u001b[0m  state    booting: waiting for the visor",
            "\u001b[30;47m  █▀▀ \u001b[0m  state    booting: waiting for the visor",
            "state    no_link: no transport is up",
            "interstate    booting: no",
        ]);
        Assert.Equal([("booting", 0), ("no_link", 2)], log.Shown.Select(s => (s.State, (int)s.At)));
    }

    private static BootLog Read(IEnumerable<string> lines)
    {
        var log = new BootLog();
        foreach (var (i, line) in lines.Index())
        {
            log.Add(line, i);
        }

        return log;
    }
}
