using System.Buffers.Binary;
using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class BundleDamageTests
{
    private static readonly byte[] Payload = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];

    [Fact]
    public void Unsigned_SignatureIsGone_PayloadStays()
    {
        var unsigned = BundleDamage.Unsigned(Bundle());
        Assert.Equal([.. Payload, .. new byte[8]], unsigned);
        Assert.Equal(0, BinaryPrimitives.ReadInt64BigEndian(unsigned.AsSpan(^8..)));
    }

    [Fact]
    public void Unsigned_NoBundle_IsRefused() => Assert.Throws<ArgumentException>(() => BundleDamage.Unsigned(new byte[64]));

    [Fact]
    public void Truncated_IsTheFirstHalf() => Assert.Equal(Bundle()[..129], BundleDamage.Truncated(Bundle()));

    [Fact]
    public void Altered_DiffersInFourBytesThere()
    {
        var altered = BundleDamage.Altered(Bundle(), 100);
        Assert.Equal([100, 101, 102, 103], Enumerable.Range(0, altered.Length).Where(i => altered[i] != Bundle()[i]));
    }

    // Payload, 50 bytes of signature, its size.
    private static byte[] Bundle() => [.. Payload, .. Enumerable.Repeat((byte)9, 50), 0, 0, 0, 0, 0, 0, 0, 50];
}
