// The browser or its page did not do what was asked.
namespace Skywire.Browser;

/// <summary>A fault of the browser, with what was asked of it.</summary>
public sealed class BrowserException(string message) : Exception(message);
