// Makes new inputs from old ones. No knowledge of any format: what formats have in common is lengths, counts, delimiters and repetition.
using System.Buffers.Binary;

namespace Skywire.Fuzz.Engine;

/// <summary>Seeded mutations; the same seed and calls give the same inputs.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly byte[] InterestingBytes = [0, 1, 2, 0x7f, 0x80, 0x81, 0xf8, 0xfe, 0xff, (byte)'"', (byte)'{', (byte)'}', (byte)'[', (byte)']', (byte)'\\', (byte)'\n', (byte)',', (byte)':', (byte)'-', (byte)'0', (byte)'e'];
    private static readonly uint[] InterestingNumbers = [0, 1, 2, 16, 255, 256, 4070, 4094, 4095, 4096, 0x7fff, 0x8000, 0xffff, 0x10000, 0x00ffffff, 0x7fffffff, 0x80000000, 0xffffffff];

    private readonly Random _random = new(seed);

    /// <summary>A new input from <paramref name="parent"/>, and sometimes <paramref name="other"/>, of at most <paramref name="limit"/> bytes.</summary>
    public byte[] Mutate(ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, int limit)
    {
        var bytes = new List<byte>(parent.Length + 64);
        bytes.AddRange(parent);

        // Mostly one change: a valid input with a single flaw gets furthest in.
        var rounds = 1 << _random.Next(4);
        for (var i = 0; i < rounds; i++)
        {
            MutateOnce(bytes, other);
        }

        if (bytes.Count > limit)
        {
            bytes.RemoveRange(limit, bytes.Count - limit);
        }

        return [.. bytes];
    }

    /// <summary>An index below <paramref name="count"/>.</summary>
    public int Pick(int count) => _random.Next(count);

    private void MutateOnce(List<byte> bytes, ReadOnlySpan<byte> other)
    {
        if (bytes.Count == 0)
        {
            Insert(bytes);
            return;
        }

        switch (_random.Next(11))
        {
            case 0:
                bytes[_random.Next(bytes.Count)] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                bytes[_random.Next(bytes.Count)] = InterestingBytes[_random.Next(InterestingBytes.Length)];
                break;
            case 2:
                bytes[_random.Next(bytes.Count)] = (byte)_random.Next(256);
                break;
            case 3:
                Insert(bytes);
                break;
            case 4:
                var (at, size) = Range(bytes.Count);
                bytes.RemoveRange(at, size);
                break;
            case 5:
                Duplicate(bytes);
                break;
            case 6:
                Splice(bytes, other);
                break;
            case 7:
                Truncate(bytes);
                break;
            case 8:
                TweakNumber(bytes);
                break;
            case 9:
                Swap(bytes);
                break;
            default:
                TweakDigit(bytes);
                break;
        }
    }

    private (int At, int Size) Range(int count)
    {
        var at = _random.Next(count);
        var longest = count - at;
        var size = _random.Next(3) == 0 ? _random.Next(longest) : _random.Next(Math.Min(longest, 16));
        return (at, size + 1);
    }

    private void Insert(List<byte> bytes)
    {
        var piece = new byte[1 + _random.Next(8)];
        if (_random.Next(2) == 0)
        {
            _random.NextBytes(piece);
        }
        else
        {
            piece.AsSpan().Fill(InterestingBytes[_random.Next(InterestingBytes.Length)]);
        }

        bytes.InsertRange(_random.Next(bytes.Count + 1), piece);
    }

    private void Duplicate(List<byte> bytes)
    {
        var (at, size) = Range(bytes.Count);
        var piece = bytes.GetRange(at, size);

        // Deep nesting and long lists come from the same piece many times over.
        var times = _random.Next(8) == 0 ? 1 + _random.Next(200) : 1;
        for (var i = 0; i < times && bytes.Count < 1 << 16; i++)
        {
            bytes.InsertRange(at, piece);
        }
    }

    private void Splice(List<byte> bytes, ReadOnlySpan<byte> other)
    {
        if (other.IsEmpty)
        {
            return;
        }

        var (at, size) = Range(other.Length);
        var target = _random.Next(bytes.Count + 1);
        if (_random.Next(2) == 0)
        {
            bytes.RemoveRange(target, Math.Min(size, bytes.Count - target));
        }

        bytes.InsertRange(target, other.Slice(at, size));
    }

    private void Truncate(List<byte> bytes)
    {
        var keep = _random.Next(bytes.Count);
        bytes.RemoveRange(keep, bytes.Count - keep);
    }

    private void Swap(List<byte> bytes)
    {
        var (a, b) = (_random.Next(bytes.Count), _random.Next(bytes.Count));
        (bytes[a], bytes[b]) = (bytes[b], bytes[a]);
    }

    // A length field somewhere: one, two, four or eight bytes, either order, a little off or at a border.
    private void TweakNumber(List<byte> bytes)
    {
        var width = 1 << _random.Next(4);
        if (bytes.Count < width)
        {
            return;
        }

        var at = _random.Next(bytes.Count - width + 1);
        var bigEndian = _random.Next(2) == 0;
        Span<byte> field = stackalloc byte[8];
        field.Clear();
        for (var i = 0; i < width; i++)
        {
            field[bigEndian ? 7 - i : i] = bytes[bigEndian ? at + width - 1 - i : at + i];
        }

        var value = bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(field) : BinaryPrimitives.ReadUInt64LittleEndian(field);
        value = _random.Next(2) == 0 ? value + (ulong)(_random.Next(35) - 17) : InterestingNumbers[_random.Next(InterestingNumbers.Length)];
        for (var i = 0; i < width; i++)
        {
            bytes[bigEndian ? at + width - 1 - i : at + i] = (byte)(value >> (8 * i));
        }
    }

    // The same for numbers in text.
    private void TweakDigit(List<byte> bytes)
    {
        var start = _random.Next(bytes.Count);
        for (var i = 0; i < bytes.Count; i++)
        {
            var at = (start + i) % bytes.Count;
            if (bytes[at] is >= (byte)'0' and <= (byte)'9')
            {
                switch (_random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)('0' + _random.Next(10));
                        break;
                    case 1:
                        bytes.InsertRange(at, "99999999999999999999"u8);
                        break;
                    case 2:
                        bytes.Insert(at, (byte)'-');
                        break;
                    default:
                        bytes.InsertRange(at + 1, "e400"u8);
                        break;
                }

                return;
            }
        }
    }
}
