using Skywire.Update.Policy;

namespace Skywire.Update.Tests.Policy;

public sealed class UpdatePolicyTests
{
    private static readonly PolicyFacts Ready = new(UpdateSettings.Default, true, true, new TimeOnly(3, 0), TimeSpan.FromHours(1), TimeSpan.FromHours(6));

    [Theory]
    [InlineData("02:00-05:00", "01:59", false, 1)]
    [InlineData("02:00-05:00", "02:00", true, 0)]
    [InlineData("02:00-05:00", "04:59", true, 0)]
    [InlineData("02:00-05:00", "05:00", false, 1260)]
    [InlineData("22:00-04:00", "23:59", true, 0)]
    [InlineData("22:00-04:00", "00:00", true, 0)]
    [InlineData("22:00-04:00", "04:00", false, 1080)]
    [InlineData("22:00-04:00", "21:00", false, 60)]
    [InlineData("00:00-00:00", "12:00", true, 0)]
    public void Window_Contains_AlsoOverMidnight(string text, string now, bool isOpen, int minutes)
    {
        var window = UpdateWindow.Parse(text)!;
        var time = TimeOnly.ParseExact(now, "HH:mm");
        Assert.Equal(isOpen, window.Contains(time));
        Assert.Equal(TimeSpan.FromMinutes(minutes), window.Until(time));
        Assert.Equal(text, window.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("2-5")]
    [InlineData("02:00")]
    [InlineData("02:00-25:00")]
    [InlineData("02:00-05:00-06:00")]
    public void Window_Parse_NoWindow_IsNull(string text) => Assert.Null(UpdateWindow.Parse(text));

    [Fact]
    public void Next_InTheWindow_Installs() => Assert.Equal(PolicyAction.Install, UpdatePolicy.Next(Ready).Action);

    [Fact]
    public void Next_OutsideTheWindow_WaitsAndLooksAgainSoon()
    {
        Assert.Equal(new PolicyStep(PolicyAction.Wait, UpdatePhase.WaitingForWindow, UpdatePolicy.LongestWait), UpdatePolicy.Next(Ready with { LocalTime = new TimeOnly(6, 0) }));
        Assert.Equal(TimeSpan.FromSeconds(30), UpdatePolicy.Next(Ready with { LocalTime = new TimeOnly(1, 59, 30) }).Wait);
    }

    [Fact]
    public void Next_NotAutomatic_OnlyLooks()
    {
        var facts = Ready with { Settings = UpdateSettings.Default with { IsAutomatic = false } };
        Assert.Equal(UpdatePhase.Idle, UpdatePolicy.Next(facts).Phase);
        Assert.Equal(PolicyAction.Check, UpdatePolicy.Next(facts with { SinceCheck = TimeSpan.FromHours(6) }).Action);
        Assert.Equal(PolicyAction.Check, UpdatePolicy.Next(facts with { SinceCheck = null }).Action);
    }

    [Fact]
    public void Next_OffOrNoFeed_Waits()
    {
        Assert.Equal(PolicyAction.Wait, UpdatePolicy.Next(Ready with { Settings = UpdateSettings.Default with { Channel = UpdateChannel.Off } }).Action);
        Assert.Equal(new PolicyStep(PolicyAction.Wait, UpdatePhase.Idle, UpdatePolicy.LongestWait), UpdatePolicy.Next(Ready with { HasFeed = false, HasCandidate = false, SinceCheck = null }));
        Assert.Equal(new PolicyStep(PolicyAction.Wait, UpdatePhase.Idle, UpdatePolicy.LongestWait), UpdatePolicy.Next(Ready with { HasFeed = false, HasCandidate = false, SinceCheck = TimeSpan.FromDays(9) }));
        Assert.Equal(UpdatePolicy.LongestWait, UpdatePolicy.Next(Ready with { HasFeed = false, LocalTime = new TimeOnly(6, 0), SinceCheck = TimeSpan.FromDays(9) }).Wait);
    }

    [Fact]
    public void Settings_Validate_NamesTheOneOutOfRange()
    {
        UpdateSettings.Default.Validate();
        Assert.Contains("Trial", Assert.Throws<ArgumentException>(() => (UpdateSettings.Default with { Trial = TimeSpan.FromSeconds(5) }).Validate()).Message, StringComparison.Ordinal);
        Assert.Contains("Feed", Assert.Throws<ArgumentException>(() => (UpdateSettings.Default with { Feed = new Uri("ftp://a.example/") }).Validate()).Message, StringComparison.Ordinal);
    }
}
