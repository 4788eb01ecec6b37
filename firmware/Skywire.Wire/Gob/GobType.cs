// Gob types as values: what a Go struct declaration would say (spec 04 §2).
namespace Skywire.Wire.Gob;

/// <summary>A gob type. Build structs once in static fields and reuse them: encoders number types by reference.</summary>
public abstract record GobType
{
    /// <summary>bool.</summary>
    public static GobType Bool { get; } = new Basic(1);

    /// <summary>int, int8..int64, time.Duration.</summary>
    public static GobType Int { get; } = new Basic(2);

    /// <summary>uint, uint8..uint64.</summary>
    public static GobType UInt { get; } = new Basic(3);

    /// <summary>float32, float64.</summary>
    public static GobType Float { get; } = new Basic(4);

    /// <summary>[]byte.</summary>
    public static GobType Bytes { get; } = new Basic(5);

    /// <summary>string, UTF-8.</summary>
    public static GobType String { get; } = new Basic(6);

    /// <summary>The empty struct net/rpc uses for an absent body.</summary>
    public static GobType Empty { get; } = new Struct("");

    /// <summary>A built-in type by its fixed id.</summary>
    public sealed record Basic(int Id) : GobType;

    /// <summary>A struct; fields are matched by name.</summary>
    public sealed record Struct(string Name, params Field[] Fields) : GobType
    {
        /// <inheritdoc/>
        public bool Equals(Struct? other) => ReferenceEquals(this, other);

        /// <inheritdoc/>
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }

    /// <summary>A slice of elements (not bytes).</summary>
    public sealed record Slice(string Name, GobType Element) : GobType;

    /// <summary>A fixed array; an array of UInt is how Go sends [n]byte.</summary>
    public sealed record Array(string Name, GobType Element, int Length) : GobType;

    /// <summary>A map.</summary>
    public sealed record Map(string Name, GobType Key, GobType Element) : GobType;

    /// <summary>A type with its own binary form (BinaryMarshaler): public keys, UUIDs, times.</summary>
    public sealed record Opaque(string Name) : GobType;

    /// <summary>A named field.</summary>
    public sealed record Field(string Name, GobType Type);
}
