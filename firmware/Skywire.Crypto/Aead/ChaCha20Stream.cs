// ChaCha20 over any length: cuts a message into the passes of the chosen kernel.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Skywire.Crypto;

/// <summary>
/// Picks the pass for each stretch of a message. Full passes go from source to destination; for shorter stretches a pass writes key stream to a scratch
/// buffer, which is applied afterwards. Source and destination are the same place or do not overlap.
/// </summary>
internal static class ChaCha20Stream
{
    /// <summary>Bytes of scratch <see cref="Begin"/> writes: the Poly1305 key's block, then at most 16 blocks of key stream.</summary>
    internal const int ScratchSize = ChaCha20Scalar.BlockSize + MaxPassSize;

    /// <summary>Bytes of the widest pass.</summary>
    internal const int MaxPassSize = ChaCha20Vector512.WideSize;

    // Blocks of the short passes; with block 0 among them they leave three for data.
    private const int ShortSize = 4 * ChaCha20Scalar.BlockSize;
    private const int ShortDataSize = ShortSize - ChaCha20Scalar.BlockSize;
    private const int MediumDataSize = ChaCha20Vector256.WideSize - ChaCha20Scalar.BlockSize;

    // Exclusive-or with this makes a pass yield plain key stream.
    private static readonly byte[] Zeros = GC.AllocateArray<byte>(MaxPassSize, pinned: true);

    // Without AVX-512's 32 registers the first block does not fit beside eight others; it is one of the eight then.
    private static bool HasRoomForFirst => Avx512F.VL.IsSupported;

    /// <summary>Bytes a first pass of this kernel covers besides block 0, when it goes straight from source to destination; 0 when it does not.</summary>
    internal static int DirectSize(AeadKernel kernel, int length) => kernel switch
    {
        AeadKernel.Vector512 when length >= ChaCha20Vector512.WideSize => ChaCha20Vector512.WideSize,
        AeadKernel.Vector512 when length == ChaCha20Vector256.WideSize => ChaCha20Vector256.WideSize,
        AeadKernel.Vector256 when length >= ChaCha20Vector256.WideSize && HasRoomForFirst => ChaCha20Vector256.WideSize,
        _ => 0,
    };

    /// <summary>Block 0 to the start of <paramref name="scratch"/>, and the first <see cref="DirectSize"/> bytes (not 0) from source to destination.</summary>
    internal static void BeginDirect(int size, ref uint key, in ChaCha20Position at, ref byte source, ref byte destination, ref byte scratch)
    {
        if (size == ChaCha20Vector512.WideSize)
        {
            ChaCha20Vector512.Xor16WithFirst(ref key, at, ref source, ref destination, ref scratch);
        }
        else
        {
            Debug.Assert(size == ChaCha20Vector256.WideSize, "only two passes go straight");
            ChaCha20Vector256.Xor8WithFirst(ref key, at, ref source, ref destination, ref scratch);
        }
    }

    /// <summary>
    /// Block 0 to the start of <paramref name="scratch"/> and key stream from block 1 behind it, as much as one pass yields up to <paramref name="length"/>:
    /// <paramref name="ready"/> bytes. Returns how many bytes of scratch were written.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Begin(AeadKernel kernel, ref uint key, in ChaCha20Position at, int length, ref byte scratch, out int ready)
    {
        ref var zeros = ref MemoryMarshal.GetArrayDataReference(Zeros);
        ref var stream = ref Unsafe.Add(ref scratch, ChaCha20Scalar.BlockSize);
        switch (kernel)
        {
            case AeadKernel.Vector512 when length <= ShortDataSize:
                ChaCha20Vector512.KeyStream4(ref key, at.At(0), ref scratch);
                ready = length;
                return ShortSize;
            case AeadKernel.Vector512 when length <= MediumDataSize:
                ChaCha20Vector512.KeyStream8(ref key, at.At(0), ref scratch);
                ready = length;
                return ChaCha20Vector256.WideSize;
            case AeadKernel.Vector512 when length > ChaCha20Vector256.WideSize:
                ChaCha20Vector512.Xor16WithFirst(ref key, at, ref zeros, ref stream, ref scratch);
                ready = Math.Min(length, ChaCha20Vector512.WideSize);
                return ScratchSize;
            case AeadKernel.Vector256 when length <= ShortDataSize:
                ChaCha20Vector256.KeyStream4(ref key, at.At(0), ref scratch);
                ready = length;
                return ShortSize;
            case AeadKernel.Vector256 when !HasRoomForFirst:
                ChaCha20Vector256.Xor8(ref key, at.At(0), ref zeros, ref scratch);
                ready = Math.Min(length, MediumDataSize);
                return ChaCha20Vector256.WideSize;
            case AeadKernel.Vector512 or AeadKernel.Vector256:
                ChaCha20Vector256.Xor8WithFirst(ref key, at, ref zeros, ref stream, ref scratch);
                ready = Math.Min(length, ChaCha20Vector256.WideSize);
                return ChaCha20Scalar.BlockSize + ChaCha20Vector256.WideSize;
            case AeadKernel.Vector128 or AeadKernel.AdvSimd:
                ChaCha20Vector128.Xor4(ref key, at.At(0), ref zeros, ref scratch);
                ready = Math.Min(length, ShortDataSize);
                return ShortSize;
            default:
                ChaCha20Scalar.Block(ref key, at.At(0), ref scratch);
                ready = 0;
                return ChaCha20Scalar.BlockSize;
        }
    }

    /// <summary>
    /// <c>destination = source ^ key stream</c> from <paramref name="at"/> on. Returns how many bytes of <paramref name="scratch"/> (room for one pass,
    /// <see cref="MaxPassSize"/>) now hold key stream: the caller wipes them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Xor(AeadKernel kernel, ref uint key, in ChaCha20Position at, ref byte source, ref byte destination, int length, ref byte scratch)
    {
        ref var zeros = ref MemoryMarshal.GetArrayDataReference(Zeros);
        var dirty = 0;
        for (var here = at; length > 0;)
        {
            var size = PassSize(kernel, length);
            var isDirect = length >= size && (size > ShortSize || kernel is AeadKernel.Vector128 or AeadKernel.AdvSimd);
            ref var from = ref source;
            ref var to = ref destination;
            if (!isDirect)
            {
                from = ref zeros;
                to = ref scratch;
            }

            switch (kernel)
            {
                case AeadKernel.Vector512 when size == ChaCha20Vector512.WideSize:
                    ChaCha20Vector512.Xor16(ref key, here, ref from, ref to);
                    break;
                case AeadKernel.Vector512 when size == ShortSize:
                    ChaCha20Vector512.KeyStream4(ref key, here, ref to);
                    break;
                case AeadKernel.Vector256 when size == ShortSize:
                    ChaCha20Vector256.KeyStream4(ref key, here, ref to);
                    break;
                case AeadKernel.Vector512 or AeadKernel.Vector256:
                    ChaCha20Vector256.Xor8(ref key, here, ref from, ref to);
                    break;
                case AeadKernel.Vector128 or AeadKernel.AdvSimd:
                    ChaCha20Vector128.Xor4(ref key, here, ref from, ref to);
                    break;
                default:
                    ChaCha20Scalar.Block(ref key, here, ref to);
                    break;
            }

            if (!isDirect)
            {
                dirty = Math.Max(dirty, size);
                size = Math.Min(size, length);
                Apply(ref scratch, ref source, ref destination, size);
            }

            source = ref Unsafe.Add(ref source, size);
            destination = ref Unsafe.Add(ref destination, size);
            length -= size;
            here = here.At(here.Counter + ((uint)size / ChaCha20Scalar.BlockSize));
        }

        return dirty;
    }

    /// <summary><c>destination = source ^ stream</c>, <paramref name="length"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Apply(ref byte stream, ref byte source, ref byte destination, int length)
    {
        var n = (nuint)length;
        nuint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 64 <= n; i += 64)
            {
                (Vector512.LoadUnsafe(ref stream, i) ^ Vector512.LoadUnsafe(ref source, i)).StoreUnsafe(ref destination, i);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 32 <= n; i += 32)
            {
                (Vector256.LoadUnsafe(ref stream, i) ^ Vector256.LoadUnsafe(ref source, i)).StoreUnsafe(ref destination, i);
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            for (; i + 16 <= n; i += 16)
            {
                (Vector128.LoadUnsafe(ref stream, i) ^ Vector128.LoadUnsafe(ref source, i)).StoreUnsafe(ref destination, i);
            }
        }

        for (; i + 8 <= n; i += 8)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, i), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref stream, i)) ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, i)));
        }

        if (i + 4 <= n)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, i), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref stream, i)) ^ Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, i)));
            i += 4;
        }

        for (; i < n; i++)
        {
            Unsafe.Add(ref destination, i) = (byte)(Unsafe.Add(ref stream, i) ^ Unsafe.Add(ref source, i));
        }
    }

    // The pass whose blocks fit what is left best: wide for much, eight blocks for some, four for little.
    private static int PassSize(AeadKernel kernel, int length) => kernel switch
    {
        AeadKernel.Vector512 when length > ChaCha20Vector256.WideSize => ChaCha20Vector512.WideSize,
        AeadKernel.Vector512 or AeadKernel.Vector256 => length > ShortSize ? ChaCha20Vector256.WideSize : ShortSize,
        AeadKernel.Vector128 or AeadKernel.AdvSimd => ChaCha20Vector128.PassSize,
        _ => ChaCha20Scalar.BlockSize,
    };
}
