// How a ciphertext falls into the groups a vector form of Poly1305 works on: the same for every width.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>
/// The padded ciphertext and the length block (RFC 8439 section 2.8), cut into groups of one block per lane. The first group is filled up with absent
/// blocks at its front, so that the last is full and no block is left to scalar code. All copying happens here: a kernel that calls nothing keeps its vectors in registers.
/// </summary>
internal readonly ref struct Poly1305Groups
{
    /// <summary>Bytes of working space for the widest group, twice.</summary>
    internal const int EdgeSize = 2 * 8 * Poly1305Scalar.BlockSize;

    /// <summary>The first group.</summary>
    internal readonly ref byte First;

    /// <summary>The groups between first and last.</summary>
    internal readonly ref byte Middle;

    /// <summary>The last group, which ends in the length block.</summary>
    internal readonly ref byte Last;

    /// <summary>Blocks missing at the front of the first group.</summary>
    internal readonly int Absent;

    /// <summary>How many groups lie between first and last.</summary>
    internal readonly int MiddleCount;

    /// <param name="lanes">Blocks of a group.</param>
    /// <param name="ciphertext">At least two groups.</param>
    /// <param name="associatedData">Bytes of associated data, which were authenticated before.</param>
    /// <param name="edges"><see cref="EdgeSize"/> bytes of working space.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal Poly1305Groups(int lanes, ReadOnlySpan<byte> ciphertext, ulong associatedData, Span<byte> edges)
    {
        var size = lanes * Poly1305Scalar.BlockSize;
        Debug.Assert(ciphertext.Length >= 2 * size && edges.Length == EdgeSize, "a buffer is too short");
        var blocks = ((ciphertext.Length + Poly1305Scalar.BlockSize - 1) / Poly1305Scalar.BlockSize) + 1;
        Absent = -blocks & (lanes - 1);
        var taken = size - (Absent * Poly1305Scalar.BlockSize);
        if (Absent == 0)
        {
            First = ref MemoryMarshal.GetReference(ciphertext);
        }
        else
        {
            var first = edges[..size];
            first[..^taken].Clear();
            ciphertext[..taken].CopyTo(first[^taken..]);
            First = ref MemoryMarshal.GetReference(first);
        }

        Middle = ref Unsafe.Add(ref MemoryMarshal.GetReference(ciphertext), taken);
        MiddleCount = (ciphertext.Length - taken) / size;
        var rest = ciphertext[(taken + (MiddleCount * size))..];
        Debug.Assert((rest.Length + Poly1305Scalar.BlockSize - 1) / Poly1305Scalar.BlockSize == lanes - 1, "groups are counted wrongly");
        var last = edges.Slice(EdgeSize / 2, size);
        last[^(2 * Poly1305Scalar.BlockSize)..].Clear();
        rest.CopyTo(last);
        MemoryMarshal.Write(last[^16..], associatedData);
        MemoryMarshal.Write(last[^8..], (ulong)ciphertext.Length);
        Last = ref MemoryMarshal.GetReference(last);
    }
}
