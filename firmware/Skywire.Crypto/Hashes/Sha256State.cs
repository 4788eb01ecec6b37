// SHA-256 in progress: small enough for the stack, and copied to start many messages from one prefix (HMAC).
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ArmSha256 = System.Runtime.Intrinsics.Arm.Sha256;

namespace Skywire.Crypto;

/// <summary>The state of FIPS 180-4 section 6.2 between two pieces of a message. A plain value: copy it to branch. Wipe it when the message was secret.</summary>
internal struct Sha256State
{
    internal const int BlockSize = 64;

    private const int Words = 8;

    private State _state;
    private Block _block;
    private ulong _length;

    /// <summary>Before the first byte.</summary>
    internal static Sha256State Initial
    {
        get
        {
            Unsafe.SkipInit(out Sha256State state);
            state._length = 0;
            Span<uint> words = state._state;
            ReadOnlySpan<uint> start = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];
            start.CopyTo(words);
            return state;
        }
    }

    /// <summary>Takes the next piece.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Append(ReadOnlySpan<byte> data)
    {
        Span<byte> block = _block;
        var used = (int)(_length % BlockSize);
        _length += (ulong)data.Length;
        if (used > 0)
        {
            var room = BlockSize - used;
            if (data.Length < room)
            {
                data.CopyTo(block[used..]);
                return;
            }

            data[..room].CopyTo(block[used..]);
            Compress(ref MemoryMarshal.GetReference(block), 1);
            data = data[room..];
        }

        var blocks = data.Length / BlockSize;
        if (blocks > 0)
        {
            Compress(ref MemoryMarshal.GetReference(data), blocks);
            data = data[(blocks * BlockSize)..];
        }

        data.CopyTo(block);
    }

    /// <summary>Pads and writes the 32-byte hash. The state is used up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Finish(Span<byte> destination)
    {
        Span<byte> block = _block;
        var used = (int)(_length % BlockSize);
        block[used++] = 0x80;
        if (used > BlockSize - sizeof(ulong))
        {
            block[used..].Clear();
            Compress(ref MemoryMarshal.GetReference(block), 1);
            used = 0;
        }

        block[used..(BlockSize - sizeof(ulong))].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(block[(BlockSize - sizeof(ulong))..], _length * 8);
        Compress(ref MemoryMarshal.GetReference(block), 1);
        Span<uint> words = _state;
        for (var i = 0; i < Words; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(i * sizeof(uint))..], words[i]);
        }
    }

    private void Compress(ref byte data, int blocks)
    {
        ref var state = ref Unsafe.As<State, uint>(ref _state);
        if (ArmSha256.IsSupported)
        {
            Sha256Arm64.Compress(ref state, ref data, blocks);
        }
        else
        {
            Sha256Scalar.Compress(ref state, ref data, blocks);
        }
    }

    [InlineArray(Words)]
    private struct State
    {
        private uint _first;
    }

    [InlineArray(BlockSize)]
    private struct Block
    {
        private byte _first;
    }
}
