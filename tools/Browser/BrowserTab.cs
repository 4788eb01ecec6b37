// One tab of a real browser for tests and checks: what a person would do, done by program, and pictures of what a person would see.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skywire.Browser;

/// <summary>A headless Chromium with one tab. Dispose ends the browser and deletes its profile.</summary>
public sealed class BrowserTab : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly BrowserOptions _options;
    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private DevTools? _tools;

    private BrowserTab(BrowserOptions options, Process process, DirectoryInfo profile) => (_options, _process, _profile) = (options, process, profile);

    /// <summary>Starts a browser with an empty profile and an empty tab.</summary>
    public static async Task<BrowserTab> StartAsync(BrowserOptions options, CancellationToken cancellationToken)
    {
        var profile = Directory.CreateTempSubdirectory("skywire-browser-");
        var start = new ProcessStartInfo(options.Program, Arguments(options, profile.FullName)) { RedirectStandardOutput = true, RedirectStandardError = true };
        var tab = new BrowserTab(options, Process.Start(start)!, profile);
        try
        {
            // Its words are of no use to anybody, but must not fill the pipe.
            tab._process.OutputDataReceived += static (_, _) => { };
            tab._process.ErrorDataReceived += static (_, _) => { };
            tab._process.BeginOutputReadLine();
            tab._process.BeginErrorReadLine();
            await tab.ConnectAsync(cancellationToken);
            return tab;
        }
        catch
        {
            await tab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the page as large as a screen, in CSS pixels; mobile ones are touched and have two pixels each way.</summary>
    public async Task ResizeAsync(int width, int height, bool isMobile, CancellationToken cancellationToken) => await CallAsync(
        "Emulation.setDeviceMetricsOverride",
        new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = isMobile ? 2 : 1, ["mobile"] = isMobile },
        cancellationToken);

    /// <summary>Dark or light, as the person's system would ask for.</summary>
    public async Task PreferDarkAsync(bool isDark, CancellationToken cancellationToken) => await CallAsync(
        "Emulation.setEmulatedMedia",
        new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" }) },
        cancellationToken);

    /// <summary>Opens an address and waits until the page is loaded.</summary>
    public Task OpenAsync(string address, CancellationToken cancellationToken) => LoadAsync(async () =>
    {
        var answer = await CallAsync("Page.navigate", new JsonObject { ["url"] = address }, cancellationToken);
        if (answer["errorText"] is { } error)
        {
            throw new BrowserException($"{address} cannot be opened: {error.GetValue<string>()}");
        }
    }, cancellationToken);

    /// <summary>Does what leads to another page, and waits until that is loaded.</summary>
    public async Task LoadAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        using var patience = Patience(cancellationToken);
        var loaded = _tools!.NextAsync("Page.loadEventFired");
        await act();
        await Patiently(loaded.WaitAsync(patience.Token), "the page was not loaded", cancellationToken);
    }

    /// <summary>Value of an expression; promises are awaited, what it throws is a <see cref="BrowserException"/>.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression, CancellationToken cancellationToken)
    {
        var answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true }, cancellationToken);
        return answer["exceptionDetails"] is { } fault ? throw new BrowserException($"{expression}: {fault["exception"]?["description"] ?? fault["text"]}") : answer["result"]!["value"];
    }

    /// <summary>Text of the first element as it is seen; waits for the element.</summary>
    public async Task<string> TextAsync(string selector, CancellationToken cancellationToken)
    {
        await WaitAsync(selector, cancellationToken);
        return (await EvaluateAsync($"document.querySelector({Quote(selector)}).innerText", cancellationToken))!.GetValue<string>();
    }

    /// <summary>Whether there is such an element now.</summary>
    public async Task<bool> HasAsync(string selector, CancellationToken cancellationToken) => (await EvaluateAsync($"document.querySelector({Quote(selector)}) !== null", cancellationToken))!.GetValue<bool>();

    /// <summary>Waits for an element.</summary>
    public async Task WaitAsync(string selector, CancellationToken cancellationToken)
    {
        using var patience = Patience(cancellationToken);
        while (!await HasAsync(selector, cancellationToken))
        {
            await Patiently(Task.Delay(Look, patience.Token), $"no {selector} came", cancellationToken);
        }
    }

    /// <summary>Puts a text into a field, or chooses an option by its value; the page hears of it as of a person's.</summary>
    public async Task FillAsync(string selector, string text, CancellationToken cancellationToken)
    {
        await WaitAsync(selector, cancellationToken);
        await EvaluateAsync(
            $$"""(() => { const e = document.querySelector({{Quote(selector)}}); e.focus(); e.value = {{Quote(text)}}; e.dispatchEvent(new Event("input", { bubbles: true })); e.dispatchEvent(new Event("change", { bubbles: true })); })()""",
            cancellationToken);
    }

    /// <summary>Clicks the middle of an element with the mouse, scrolled into view: what lies above it takes the click, as it would a person's.</summary>
    public async Task ClickAsync(string selector, CancellationToken cancellationToken)
    {
        await WaitAsync(selector, cancellationToken);
        var place = (await EvaluateAsync(
            $$"""(() => { const e = document.querySelector({{Quote(selector)}}); e.scrollIntoView({ block: "center" }); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()""",
            cancellationToken))!.AsArray();
        foreach (var type in (string[])["mousePressed", "mouseReleased"])
        {
            await CallAsync("Input.dispatchMouseEvent", new JsonObject { ["type"] = type, ["x"] = place[0]!.GetValue<double>(), ["y"] = place[1]!.GetValue<double>(), ["button"] = "left", ["clickCount"] = 1 }, cancellationToken);
        }
    }

    /// <summary>Presses and releases a key that has a name: Tab, Enter, ArrowDown, Space; <paramref name="withShift"/> goes backwards.</summary>
    public async Task PressAsync(string key, CancellationToken cancellationToken, bool withShift = false)
    {
        var (code, text) = key switch
        {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Space" => (32, " "),
            "ArrowUp" => (38, ""),
            "ArrowDown" => (40, ""),
            _ => throw new ArgumentException($"no such key: {key}", nameof(key)),
        };
        foreach (var type in (string[])[text.Length > 0 ? "keyDown" : "rawKeyDown", "keyUp"])
        {
            await CallAsync(
                "Input.dispatchKeyEvent",
                new JsonObject { ["type"] = type, ["key"] = key == "Space" ? " " : key, ["code"] = key, ["windowsVirtualKeyCode"] = code, ["text"] = type == "keyUp" ? "" : text, ["modifiers"] = withShift ? 8 : 0 },
                cancellationToken);
        }
    }

    /// <summary>Types a text where the keyboard is.</summary>
    public async Task TypeAsync(string text, CancellationToken cancellationToken) => await CallAsync("Input.insertText", new JsonObject { ["text"] = text }, cancellationToken);

    /// <summary>Types letters and digits key by key: what a list of choices listens to.</summary>
    public async Task TypeKeysAsync(string text, CancellationToken cancellationToken)
    {
        foreach (var c in text)
        {
            foreach (var type in (string[])["keyDown", "keyUp"])
            {
                await CallAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = type, ["key"] = c.ToString(), ["windowsVirtualKeyCode"] = (int)char.ToUpperInvariant(c), ["text"] = type == "keyUp" ? "" : c.ToString() }, cancellationToken);
            }
        }
    }

    /// <summary>Writes a picture (PNG) of the whole page.</summary>
    public async Task ScreenshotAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png", ["captureBeyondViewport"] = true }, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        await File.WriteAllBytesAsync(path, Convert.FromBase64String(answer["data"]!.GetValue<string>()), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_tools is { } tools)
        {
            await tools.DisposeAsync();
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        DeleteProfile();
    }

    private static IEnumerable<string> Arguments(BrowserOptions options, string profile)
    {
        // No sandbox: tests run as root. No QUIC, no updates, no sync: nothing but what the page asks for.
        List<string> arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--hide-scrollbars", $"--user-data-dir={profile}", "--remote-debugging-port=0",
        ];
        if (options.Proxy.Length > 0)
        {
            arguments.Add($"--proxy-server={options.Proxy}");
        }

        return [.. arguments, "about:blank"];
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        // First line: the port; the browser writes the file when it listens.
        var file = Path.Combine(_profile.FullName, "DevToolsActivePort");
        using var patience = Patience(cancellationToken);
        string? target = null;
        using var client = new HttpClient();
        while (target is null)
        {
            if (_process.HasExited)
            {
                throw new BrowserException(string.Create(CultureInfo.InvariantCulture, $"{_options.Program} ended with {_process.ExitCode}"));
            }

            if (File.Exists(file) && (await File.ReadAllTextAsync(file, cancellationToken)).Split('\n') is [{ Length: > 0 } port, _, ..])
            {
                var targets = JsonNode.Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/json/list"), cancellationToken))!.AsArray();
                target = targets.FirstOrDefault(t => t!["type"]!.GetValue<string>() == "page")?["webSocketDebuggerUrl"]!.GetValue<string>();
            }

            if (target is null)
            {
                await Patiently(Task.Delay(Look, patience.Token), "the browser did not start", cancellationToken);
            }
        }

        _tools = await DevTools.ConnectAsync(new Uri(target), cancellationToken);
        await CallAsync("Page.enable", null, cancellationToken);
        if (!_options.RunsScripts)
        {
            await CallAsync("Emulation.setScriptExecutionDisabled", new JsonObject { ["value"] = true }, cancellationToken);
        }
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject? parameters, CancellationToken cancellationToken)
    {
        using var patience = Patience(cancellationToken);
        var call = _tools!.CallAsync(method, parameters, patience.Token);
        await Patiently(call, $"{method} was not answered", cancellationToken);
        return await call;
    }

    private CancellationTokenSource Patience(CancellationToken cancellationToken)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.Patience);
        return patience;
    }

    // Its own patience at an end is a fault of the browser, not a cancellation by the caller.
    private async Task Patiently(Task task, string otherwise, CancellationToken cancellationToken)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BrowserException($"{otherwise} within {_options.Patience.TotalSeconds:0} s");
        }
    }

    private void DeleteProfile()
    {
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process of the browser still writes as it dies; what is left lies in the folder for temporary files.
        }
    }
}
