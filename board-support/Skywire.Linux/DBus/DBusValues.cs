// Looks into values that a peer sent: what is missing or of another type is absent, never an exception.
namespace Skywire.Linux.DBus;

/// <summary>Lenient access to unmarshalled values.</summary>
public static class DBusValues
{
    /// <summary>The value inside of any variants.</summary>
    public static object Plain(object value)
    {
        while (value is DBusVariant variant)
        {
            value = variant.Value;
        }

        return value;
    }

    /// <summary>Entries of a dictionary with text keys, values without their variants; empty when it is none. Of equal keys the first counts.</summary>
    public static IReadOnlyDictionary<string, object> Dictionary(object? value)
    {
        var entries = new Dictionary<string, object>();
        if (value is not null && Plain(value) is DBusArray array)
        {
            foreach (var entry in array.Items.OfType<DBusEntry>())
            {
                if (entry.Key is string key)
                {
                    entries.TryAdd(key, Plain(entry.Value));
                }
            }
        }

        return entries;
    }

    /// <summary>A text of a dictionary; "" when it is not there.</summary>
    public static string Text(this IReadOnlyDictionary<string, object> entries, string key) => entries.GetValueOrDefault(key) as string ?? "";
}
