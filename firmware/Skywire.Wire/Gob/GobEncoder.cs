// SCAFFOLD: signature only.
using System.Buffers;

namespace Skywire.Wire.Gob;

/// <summary>Writes one gob stream: each type's definition once, then values. Ids count from 64 in order of first use (spec 04 §2). Not thread-safe.</summary>
public sealed class GobEncoder
{
    /// <summary>Appends the definitions still missing and one value message to <paramref name="output"/>.</summary>
    public void Encode(IBufferWriter<byte> output, GobType type, GobValue value) => throw new NotImplementedException();
}
