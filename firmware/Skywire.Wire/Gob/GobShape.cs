// Says whether a decoded tree fits the type a receiver expects (spec 04 §3).
namespace Skywire.Wire.Gob;

/// <summary>Compares value trees with types.</summary>
internal static class GobShape
{
    /// <summary>True when every value present is of the kind <paramref name="type"/> says. Absent values fit everything, unknown fields are ignored, as in the reference.</summary>
    public static bool Fits(GobType type, GobValue value)
    {
        if (value.Kind == GobValue.ValueKind.Null)
        {
            return true;
        }

        switch (type)
        {
            case GobType.Basic basic:
                // The kinds of the scalars are numbered as gob numbers its built-in types.
                return basic.Id <= (int)GobValue.ValueKind.String && (int)value.Kind == basic.Id;
            case GobType.Opaque:
                return value.Kind == GobValue.ValueKind.Bytes;
            case GobType.Slice s:
                return value.Kind == GobValue.ValueKind.List && AllFit(s.Element, value.Items);
            case GobType.Array a:
                return value.Kind == GobValue.ValueKind.List && value.Items.Count == a.Length && AllFit(a.Element, value.Items);
            case GobType.Map m:
                return value.Kind == GobValue.ValueKind.Map && AllFit(m.Key, m.Element, value.Items);
            case GobType.Struct s:
                return value.Kind == GobValue.ValueKind.Struct && Array.TrueForAll(s.Fields, field => Fits(field.Type, value[field.Name]));
            default:
                return false;
        }
    }

    private static bool AllFit(GobType element, IReadOnlyList<GobValue> items) => AllFit(element, element, items);

    private static bool AllFit(GobType even, GobType odd, IReadOnlyList<GobValue> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (!Fits(i % 2 == 0 ? even : odd, items[i]))
            {
                return false;
            }
        }

        return true;
    }
}
