using Skywire.Testing;
using Skywire.Wifi.Setup;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupPolicyTests
{
    private static readonly SetupRadio Radio = new(0, 2437, "Skyminer-setup-A1B2");
    private static readonly SetupFacts Bare = new(IsSet: false, HasWire: false, Radio);

    private readonly VirtualTime _time = new();
    private readonly SetupPolicy _policy;

    public SetupPolicyTests() => _policy = new SetupPolicy(_time, SetupSamples.CountUp);

    [Fact]
    public void Look_BoardWithSettings_NeverOffersAndHasNothingToTell()
    {
        Step(0, Bare with { IsSet = true });
        Assert.Equal(SetupPhase.Closed, _policy.Phase);
        Assert.Null(_policy.Claim());
        Step(3600, Bare);
        Assert.Equal(SetupPhase.Closed, _policy.Phase);
    }

    [Fact]
    public void Look_NoWireFor40Seconds_OpensWithCodeAsPassphrase()
    {
        Step(0, Bare);
        Step(39, Bare);
        Assert.Equal(SetupPhase.Waiting, _policy.Phase);
        Assert.Null(_policy.Claim()!.Network);
        Step(1, Bare);
        Assert.Equal(SetupPhase.Open, _policy.Phase);
        var claim = _policy.Claim()!;
        Assert.Equal(("Skyminer-setup-A1B2", "23456-789ab", 2437, false), (claim.Network!.Name, claim.Network.Passphrase, claim.Network.Frequency, claim.Network.IsSae));
        Assert.Equal(("open", "Skyminer-setup-A1B2"), (claim.Report.Phase, claim.Report.Name));
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(15), claim.Report.ClosesAt);
        Assert.DoesNotContain(claim.Network.Passphrase, claim.Report.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(39)]
    public void Look_CableWithin40Seconds_ClosesForGood(int seconds)
    {
        Step(0, Bare);
        Step(seconds, Bare with { HasWire = true });
        Assert.Equal(SetupPhase.Closed, _policy.Phase);
        Step(600, Bare);
        Assert.Equal(SetupPhase.Closed, _policy.Phase);
        Assert.Contains("cable", _policy.Claim()!.Report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_CableWhileOpen_ClosesAndForgetsTheCode()
    {
        Open();
        Step(5, Bare with { HasWire = true });
        Assert.Equal((SetupPhase.Closed, ""), (_policy.Phase, _policy.Code));
        Assert.Null(_policy.Claim()!.Network);
        Assert.Null(_policy.Claim()!.Report.ClosesAt);
    }

    [Fact]
    public void Look_NobodyFor15Minutes_Closes()
    {
        Open();
        Step((15 * 60) - 1, Bare);
        Assert.Equal(SetupPhase.Open, _policy.Phase);
        Assert.Equal(TimeSpan.FromSeconds(1), _policy.Left);
        Step(1, Bare);
        Assert.Equal(SetupPhase.Closed, _policy.Phase);
        Assert.Contains("15 minutes", _policy.Reason, StringComparison.Ordinal);
        Step(3600, Bare);
        Assert.Equal(SetupPhase.Closed, _policy.Phase);
    }

    [Fact]
    public void Take_FirstSuccess_ClosesAfterFarewell()
    {
        Open();
        Assert.True(_policy.Take("home"));
        Assert.Equal(SetupPhase.Taken, _policy.Phase);
        Assert.False(_policy.Take("other"));
        // The page that says so has to reach the phone, though settings are in force at once.
        Step(1, Bare with { IsSet = true });
        Assert.Equal(SetupPhase.Taken, _policy.Phase);
        Assert.NotNull(_policy.Claim()!.Network);
        Step(4, Bare with { IsSet = true });
        Assert.Equal((SetupPhase.Closed, "settings are in force"), (_policy.Phase, _policy.Reason));
        Assert.Null(_policy.Claim()!.Network);
    }

    [Fact]
    public void Take_CableDuringApplying_DoesNotDisturb()
    {
        Open();
        _policy.Take("home");
        Step(2, Bare with { HasWire = true });
        Assert.Equal(SetupPhase.Taken, _policy.Phase);
    }

    [Fact]
    public void Take_NothingCameOfIt_OpensAgainUntilTheTimeIsOver()
    {
        Open();
        Step(60, Bare);
        _policy.Take("home");
        Step(60, Bare);
        Assert.Equal(SetupPhase.Open, _policy.Phase);
        Assert.Contains("not put in force", _policy.Reason, StringComparison.Ordinal);
        Step((13 * 60) - 1, Bare);
        Assert.Equal(SetupPhase.Open, _policy.Phase);
        _policy.Take("home");
        Step(60, Bare);
        Assert.Equal(SetupPhase.Closed, _policy.Phase);
    }

    [Fact]
    public void Take_NotOpen_IsRefused()
    {
        Assert.False(_policy.Take("home"));
        Open();
        _policy.Close("over");
        Assert.False(_policy.Take("home"));
    }

    [Fact]
    public void GiveBack_AfterTake_TakesAnswersAgain()
    {
        Open();
        _policy.Take("home");
        _policy.GiveBack("disk full");
        Assert.Equal((SetupPhase.Open, "disk full"), (_policy.Phase, _policy.Reason));
        Assert.True(_policy.Take("home"));
    }

    [Fact]
    public void Look_SettingsByAnotherWay_Closes()
    {
        Open();
        Step(1, Bare with { IsSet = true });
        Assert.Equal(SetupPhase.Closed, _policy.Phase);
    }

    [Fact]
    public void Look_NoRadio_WaitsForOne()
    {
        Step(0, Bare with { Radio = null });
        Step(100, Bare with { Radio = null });
        Assert.Equal(SetupPhase.Waiting, _policy.Phase);
        Assert.Contains("no radio", _policy.Reason, StringComparison.Ordinal);
        Step(1000, Bare);
        Assert.Equal(SetupPhase.Open, _policy.Phase);
        Assert.Equal(TimeSpan.FromMinutes(15), _policy.Left);
    }

    [Fact]
    public void Look_RadioGoneAndBack_KeepsTheCode()
    {
        Open();
        var code = _policy.Code;
        Step(5, Bare with { Radio = null });
        Assert.Contains("gone", _policy.Reason, StringComparison.Ordinal);
        Step(5, Bare with { Radio = Radio with { RadioIndex = 3 } });
        Assert.DoesNotContain("gone", _policy.Reason, StringComparison.Ordinal);
        Assert.Equal((SetupPhase.Open, code), (_policy.Phase, _policy.Claim()!.Network!.Passphrase));
    }

    [Fact]
    public void Look_NothingNew_SaysSo()
    {
        Assert.False(_policy.Look(Bare));
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.True(_policy.Look(Bare));
        Assert.False(_policy.Look(Bare));
    }

    private void Open()
    {
        Step(0, Bare);
        Step(40, Bare);
        Assert.Equal(SetupPhase.Open, _policy.Phase);
    }

    private void Step(int seconds, SetupFacts facts)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _policy.Look(facts);
    }
}
