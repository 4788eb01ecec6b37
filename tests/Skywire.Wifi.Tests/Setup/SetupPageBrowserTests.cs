// The setup page in a real browser, served by the real server over loopback: what a person with a phone, a keyboard or neither scripts nor eyes gets.
using System.Net;
using Skywire.Browser;
using Skywire.Testing;
using Skywire.Wifi.Setup;
using Skywire.Wifi.Setup.Http;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupPageBrowserTests : TestBase, IAsyncLifetime
{
    private readonly FakeSink _sink = new();
    private readonly PageState _state = new();
    private BrowserTab? _tab;
    private SetupHttpServer? _server;

    private BrowserTab Tab => _tab!;

    private string Address => $"http://{_server!.EndPoint}/";

    public async ValueTask InitializeAsync()
    {
        if (!BrowserOptions.Default.IsInstalled)
        {
            return;
        }

        _server = new SetupHttpServer(new IPEndPoint(IPAddress.Loopback, 0), TimeProvider.System);
        _server.Serve(new SetupSite(new Uri(Address), _state, _sink).AnswerAsync);
        _tab = await BrowserTab.StartAsync(BrowserOptions.Default with { RunsScripts = false }, Deadline);
        await Tab.ResizeAsync(320, 640, isMobile: true, Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        if (_tab is not null)
        {
            await _tab.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Dispose();
    }

    [Fact]
    public async Task Page_NarrowPhoneWithoutScripts_WrongInputThenSuccess()
    {
        RequireBrowser();
        await Tab.OpenAsync(Address + "generate_204", Deadline);
        // The way a phone comes here.
        Assert.Equal(Address, await StringAsync("location.href"));
        Assert.Equal(320, await NumberAsync("document.documentElement.scrollWidth"));
        await PictureAsync("1-form");

        await Tab.FillAsync("#country", "DE", Deadline);
        await Tab.FillAsync("#name", "my board", Deadline);
        await Tab.ClickAsync("#mesh-new", Deadline);
        await Tab.FillAsync("#mesh_name", "garden", Deadline);
        await Tab.FillAsync("#passphrase", "short", Deadline);
        await PictureAsync("2-filled");
        await SendAsync();
        Assert.Equal("Error: set up this board", await StringAsync("document.title"));
        Assert.Equal("summary", await StringAsync("document.activeElement.id"));
        Assert.Contains("holds more than letters, digits and inner dashes", await Tab.TextAsync("#error-name", Deadline), StringComparison.Ordinal);
        Assert.Equal("The passphrase has 5 characters, fewer than 8.", (await Tab.TextAsync("#error-passphrase", Deadline)).TrimStart('!', ' '));
        Assert.Equal(320, await NumberAsync("document.documentElement.scrollWidth"));
        // Nothing that was typed is lost but the passphrase.
        Assert.Equal("my board|DE|garden||true", await StringAsync("[...['name','country','mesh_name','passphrase'].map(i => document.getElementById(i).value), document.getElementById('mesh-new').checked].join('|')"));
        await PictureAsync("3-errors");
        Assert.Empty(_sink.Got);

        await Tab.FillAsync("#name", "attic", Deadline);
        await Tab.FillAsync("#passphrase", "correct horse", Deadline);
        await SendAsync();
        Assert.Contains("Done", await Tab.TextAsync("h1", Deadline), StringComparison.Ordinal);
        Assert.Contains("garden", await Tab.TextAsync("main", Deadline), StringComparison.Ordinal);
        Assert.Equal(320, await NumberAsync("document.documentElement.scrollWidth"));
        await PictureAsync("4-done");
        Assert.Equal(new SetupAnswers { Name = "attic", Country = "DE", MeshName = "garden", MeshPassphrase = "correct horse" }, Assert.Single(_sink.Got));
    }

    [Fact]
    public async Task Page_KeyboardOnly_IsFilledInAndSent()
    {
        RequireBrowser();
        await Tab.ResizeAsync(1024, 900, isMobile: false, Deadline);
        await Tab.OpenAsync(Address, Deadline);
        await ReachAsync("country");
        await Tab.TypeKeysAsync("Swi", Deadline);
        await ReachAsync("name");
        await Tab.TypeAsync("attic", Deadline);
        await ReachAsync("mesh");
        // What is strongest is chosen already; down goes to the next.
        Assert.Equal("join:home", await StringAsync("document.activeElement.value"));
        await Tab.PressAsync("ArrowDown", Deadline);
        Assert.Equal("join:far", await StringAsync("document.activeElement.value"));
        await ReachAsync("passphrase");
        await Tab.TypeAsync("correct horse", Deadline);
        await PictureAsync("5-keyboard");
        await Tab.LoadAsync(() => Tab.PressAsync("Enter", Deadline), Deadline);
        Assert.Contains("Done", await Tab.TextAsync("h1", Deadline), StringComparison.Ordinal);
        Assert.Equal(new SetupAnswers { Name = "attic", Country = "CH", MeshName = "far", MeshPassphrase = "correct horse" }, Assert.Single(_sink.Got));
    }

    [Fact]
    public async Task Page_MeshChosen_HidesTheNameOfANewOne()
    {
        RequireBrowser();
        await Tab.OpenAsync(Address, Deadline);
        Assert.Equal(0, await NumberAsync("document.getElementById('mesh_name').offsetHeight"));
        await Tab.ClickAsync("#mesh-new", Deadline);
        Assert.True(await NumberAsync("document.getElementById('mesh_name').offsetHeight") >= 44);
        await Tab.ClickAsync("input[value='join:far']", Deadline);
        Assert.Equal(0, await NumberAsync("document.getElementById('mesh_name').offsetHeight"));
    }

    [Fact]
    public async Task Page_HostileMeshName_RunsNothing()
    {
        RequireBrowser();
        _state.Meshes = [new MeshChoice("<img src=x onerror=document.title='hit'>", -50, 1)];
        await using var scripted = await BrowserTab.StartAsync(BrowserOptions.Default, Deadline);
        await scripted.OpenAsync(Address, Deadline);
        Assert.Equal("Set up this board", (await scripted.EvaluateAsync("document.title", Deadline))!.GetValue<string>());
        Assert.False(await scripted.HasAsync("img", Deadline));
        Assert.Contains("<img src=x", await scripted.TextAsync(".choice", Deadline), StringComparison.Ordinal);
    }

    // As on the setup network: every name leads to the board, whose page is at its own address there. The browser takes the server for its proxy.
    [Fact]
    public async Task Page_AnyAddress_LeadsToThePageAndItsFormIsTaken()
    {
        RequireBrowser();
        await using var server = new SetupHttpServer(new IPEndPoint(IPAddress.Loopback, 0), TimeProvider.System);
        server.Serve(new SetupSite(new Uri("http://10.77.0.1/"), _state, _sink).AnswerAsync);
        await using var tab = await BrowserTab.StartAsync(BrowserOptions.Default with { Proxy = server.EndPoint.ToString(), RunsScripts = false }, Deadline);
        await tab.OpenAsync("http://connectivitycheck.gstatic.com/generate_204", Deadline);
        Assert.Equal("http://10.77.0.1/", (await tab.EvaluateAsync("location.href", Deadline))!.GetValue<string>());
        await tab.FillAsync("#country", "FR", Deadline);
        await tab.FillAsync("#passphrase", "correct horse", Deadline);
        await tab.LoadAsync(() => tab.ClickAsync("button", Deadline), Deadline);
        Assert.Contains("Done", await tab.TextAsync("h1", Deadline), StringComparison.Ordinal);
        Assert.Equal(new SetupAnswers { Name = "", Country = "FR", MeshName = "home", MeshPassphrase = "correct horse" }, Assert.Single(_sink.Got));
    }

    [Fact]
    public async Task Page_Dark_IsDark()
    {
        RequireBrowser();
        await Tab.PreferDarkAsync(isDark: true, Deadline);
        await Tab.OpenAsync(Address, Deadline);
        Assert.Equal("rgb(16, 22, 28)", await StringAsync("getComputedStyle(document.body).backgroundColor"));
        await PictureAsync("6-dark");
    }

    private static void RequireBrowser() => Assert.SkipUnless(BrowserOptions.Default.IsInstalled, "chromium is not installed");

    private Task SendAsync() => Tab.LoadAsync(() => Tab.ClickAsync("button", Deadline), Deadline);

    // By the Tab key alone, as from the top of the page: at most as often as there are things to stop at.
    private async Task ReachAsync(string idOrName)
    {
        for (var presses = 0; presses < 10; presses++)
        {
            await Tab.PressAsync("Tab", Deadline);
            if (await StringAsync("document.activeElement.id || document.activeElement.name || ''") == idOrName)
            {
                return;
            }
        }

        Assert.Fail($"the Tab key does not reach {idOrName}");
    }

    private async Task<string> StringAsync(string expression) => (await Tab.EvaluateAsync(expression, Deadline))!.GetValue<string>();

    private async Task<double> NumberAsync(string expression) => (await Tab.EvaluateAsync(expression, Deadline))!.GetValue<double>();

    private async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("SKYMINER_PICTURES") is { Length: > 0 } folder)
        {
            await Tab.ScreenshotAsync(Path.Combine(folder, $"setup-{name}.png"), Deadline);
        }
    }

    private sealed class PageState : ISetupState
    {
        public IReadOnlyList<MeshChoice> Meshes { get; set; } = [new("home", -52, 2), new("far", -79, 1)];

        public string? TakenMesh { get; private set; }

        public SetupView View() => new("Skyminer-setup-A1B2", Meshes, 14);

        public bool TryTake(SetupAnswers answers)
        {
            TakenMesh = answers.MeshName;
            return true;
        }

        public void GiveBack(string why) => TakenMesh = null;
    }
}
