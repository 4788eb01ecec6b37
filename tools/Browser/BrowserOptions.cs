// How a browser is started for a test or a check.
namespace Skywire.Browser;

/// <summary>Options of a <see cref="BrowserTab"/>.</summary>
public sealed record BrowserOptions
{
    /// <summary>The usual.</summary>
    public static BrowserOptions Default { get; } = new();

    /// <summary>The browser's executable.</summary>
    public string Program { get; init; } = "/usr/bin/chromium";

    /// <summary>An HTTP proxy as host:port that takes every request; "" for none.</summary>
    public string Proxy { get; init; } = "";

    /// <summary>Scripts of pages run; without, only the page itself is seen at work.</summary>
    public bool RunsScripts { get; init; } = true;

    /// <summary>Longest wait for anything: a busy machine needs half a minute to start a browser.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>True when the browser is installed.</summary>
    public bool IsInstalled => File.Exists(Program);
}
