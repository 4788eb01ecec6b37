// The other side answered a call with an error.
namespace Skywire.Linux.DBus;

/// <summary>An error reply. <see cref="Exception.Message"/> is the peer's text.</summary>
public sealed class DBusException(string name, string message) : Exception(message)
{
    /// <summary>There is no such service, and none can be started.</summary>
    public const string ServiceUnknown = "org.freedesktop.DBus.Error.ServiceUnknown";

    /// <summary>Name of the error.</summary>
    public string Name { get; } = name;
}
