// SCAFFOLD: signature only.
namespace Skywire.Noise;

/// <summary>How a receiver judges record counters (spec 02 §4).</summary>
public enum ReceiveRule
{
    /// <summary>Byte streams: counters must grow; gaps allowed; a damaged record burns its number.</summary>
    Strict,

    /// <summary>Signed objects of a session: any order within a window of 1024, 0 and repeats refused.</summary>
    Window,
}

/// <summary>Outcome of opening a record.</summary>
public enum RecordStatus
{
    /// <summary>Opened.</summary>
    Done,

    /// <summary>Shorter than counter and tag.</summary>
    TooShort,

    /// <summary>The counter was refused.</summary>
    Replayed,

    /// <summary>The tag is wrong.</summary>
    BadTag,
}

/// <summary>Seals records: counter (8, big endian) || ciphertext || tag (spec 02 §4). Counter starts at 1. One owner.</summary>
public sealed class RecordSealer : IDisposable
{
    /// <summary>Bytes a record adds to its plaintext: 8 + 16.</summary>
    public const int Overhead = 24;

    /// <summary>Takes a copy of the 32-byte key.</summary>
    public RecordSealer(ReadOnlySpan<byte> key) => throw new NotImplementedException();

    /// <summary>Writes <c>plaintext.Length + 24</c> bytes and returns that. No allocation.</summary>
    public int Seal(ReadOnlySpan<byte> plaintext, Span<byte> destination) => throw new NotImplementedException();

    /// <summary>Wipes the key.</summary>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>Opens records under one rule. One owner.</summary>
public sealed class RecordOpener : IDisposable
{
    /// <summary>Takes a copy of the 32-byte key.</summary>
    public RecordOpener(ReadOnlySpan<byte> key, ReceiveRule rule) => throw new NotImplementedException();

    /// <summary>The highest counter accepted so far.</summary>
    public ulong LastCounter => throw new NotImplementedException();

    /// <summary>Opens a record into <paramref name="destination"/> (at least record length - 24). No allocation, never throws for input.</summary>
    public RecordStatus Open(ReadOnlySpan<byte> record, Span<byte> destination, out int written) => throw new NotImplementedException();

    /// <summary>Wipes the key.</summary>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>Limits of the framed byte stream (spec 02 §3, §5).</summary>
public static class NoiseFrame
{
    /// <summary>Length prefix.</summary>
    public const int PrefixSize = 2;

    /// <summary>Largest prefix value.</summary>
    public const int MaxLength = 4094;

    /// <summary>Largest plaintext of one frame: 4096 - 2 - 24.</summary>
    public const int MaxPlaintext = 4070;
}
