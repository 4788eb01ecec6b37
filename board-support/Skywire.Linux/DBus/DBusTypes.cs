// Values of the D-Bus type system that C# has no type for. The others are what they look like: byte, bool, short, ushort, int, uint, long, ulong, double, string; "ay" is byte[].
namespace Skywire.Linux.DBus;

/// <summary>An object path (o).</summary>
public sealed record DBusPath(string Text)
{
    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>A signature (g).</summary>
public sealed record DBusSignature(string Text);

/// <summary>An index into the descriptors sent with a message (h). The descriptors themselves are not received.</summary>
public sealed record DBusHandle(uint Index);

/// <summary>A value that brings its type along (v).</summary>
public sealed record DBusVariant(string Signature, object Value);

/// <summary>An array (a) of values of one type; of <see cref="DBusEntry"/> when it is a dictionary.</summary>
public sealed record DBusArray(string ElementSignature, IReadOnlyList<object> Items)
{
    /// <summary>An empty <c>a{sv}</c>, which many methods take for options.</summary>
    public static DBusArray NoOptions { get; } = new("{sv}", []);
}

/// <summary>A struct.</summary>
public sealed record DBusStruct(IReadOnlyList<object> Fields);

/// <summary>An entry of a dictionary.</summary>
public sealed record DBusEntry(object Key, object Value);
