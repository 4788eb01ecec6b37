using Skywire.Boards.Settings;
using Skywire.Crypto;
using Skywire.Update.Policy;
using Skywire.Visor.Board;
using Skywire.Visor.Config;
using Skywire.Visor.Updates;

namespace Skywire.Visor.Tests.Board;

public sealed class MeshConfigurationTests
{
    private static readonly MeshPlaces Places = new("attic", "/data/k", "/data/d", "", "");

    [Fact]
    public void Render_UpdateSettings_ReachTheUpdateClient()
    {
        var settings = Render(new BoardSettings { Update = "testing", UpdateFeed = "https://updates.example.org/a/", UpdateWindow = "22:30-04:00", UpdateRateLimit = 250, UpdateAutomatic = false });
        Assert.Equal((UpdateChannel.Testing, "https://updates.example.org/a/testing.json"), (settings.Channel, settings.Feed!.ToString()));
        Assert.Equal(("22:30-04:00", 256_000L, false), (settings.Window.ToString(), settings.BytesPerSecond, settings.IsAutomatic));
    }

    [Fact]
    public void Render_NoUpdateSettings_AreTheClientsDefaultsWithoutAFeed() => Assert.Equal(UpdateSettings.Default, Render(new BoardSettings()));

    // A fixed file, for publishers with names of their own.
    [Fact]
    public void Render_FeedThatIsNoFolder_IsTakenAsItIs() => Assert.Equal("https://updates.example.org/x.json", Render(new BoardSettings { UpdateFeed = "https://updates.example.org/x.json" }).Feed!.ToString());

    private static UpdateSettings Render(BoardSettings settings)
    {
        var mistakes = new List<SettingsMistake>();
        var config = ConfigLoader.Parse("skywire.json", new MeshConfiguration(SystemEntropy.Instance).Render(settings, Places with { PasswordHash = "pbkdf2-sha256$100000$c2FsdA==$aGFzaA==" }, mistakes));
        Assert.Empty(mistakes);
        return UpdateSettingsOf.Config(config.Update);
    }
}
