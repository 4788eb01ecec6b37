// Type signatures (D-Bus specification 0.43, "Type System"): where one complete type ends, and how values are aligned.
namespace Skywire.Linux.DBus;

/// <summary>Reads signatures, which may come from a peer: never throws for what they hold.</summary>
internal static class DBusSignatures
{
    /// <summary>Longest signature (specification, "Valid Signatures").</summary>
    public const int MaxLength = 255;

    /// <summary>Deepest nesting taken, in signatures and, variants included, in values. The specification allows 32 arrays in 32 structs in 64 variants; nobody sends that.</summary>
    public const int MaxDepth = 32;

    /// <summary>Characters of the first complete type; 0 when there is none.</summary>
    public static int FirstType(ReadOnlySpan<char> signature) => FirstType(signature, 0);

    /// <summary>True when it is a sequence of complete types, or empty.</summary>
    public static bool IsValid(ReadOnlySpan<char> signature)
    {
        if (signature.Length > MaxLength)
        {
            return false;
        }

        while (!signature.IsEmpty)
        {
            var length = FirstType(signature);
            if (length == 0)
            {
                return false;
            }

            signature = signature[length..];
        }

        return true;
    }

    /// <summary>What a value of this type begins at a multiple of.</summary>
    public static int Alignment(char type) => type switch
    {
        'n' or 'q' => 2,
        'b' or 'i' or 'u' or 's' or 'o' or 'a' or 'h' => 4,
        'x' or 't' or 'd' or '(' or '{' => 8,
        _ => 1,
    };

    private static bool IsBasic(char type) => "ybnqiuxtdsogh".Contains(type, StringComparison.Ordinal);

    private static int FirstType(ReadOnlySpan<char> signature, int depth)
    {
        if (signature.IsEmpty || depth > MaxDepth)
        {
            return 0;
        }

        return signature[0] switch
        {
            'v' => 1,
            'a' when signature.Length > 1 && signature[1] == '{' => Entry(signature, depth),
            'a' => FirstType(signature[1..], depth + 1) is > 0 and var inner ? inner + 1 : 0,
            '(' => Struct(signature, depth),
            var type => IsBasic(type) ? 1 : 0,
        };
    }

    // a { basic type }
    private static int Entry(ReadOnlySpan<char> signature, int depth)
    {
        if (signature.Length < 5 || !IsBasic(signature[2]))
        {
            return 0;
        }

        var value = FirstType(signature[3..], depth + 2);
        return value > 0 && 3 + value < signature.Length && signature[3 + value] == '}' ? 4 + value : 0;
    }

    // ( type type ... ), at least one
    private static int Struct(ReadOnlySpan<char> signature, int depth)
    {
        var at = 1;
        while (at < signature.Length && signature[at] != ')')
        {
            var field = FirstType(signature[at..], depth + 1);
            if (field == 0)
            {
                return 0;
            }

            at += field;
        }

        return at < signature.Length && at > 1 ? at + 1 : 0;
    }
}
