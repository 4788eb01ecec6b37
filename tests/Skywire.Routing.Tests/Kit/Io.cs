// Small helpers around byte streams of tests.
using Skywire.Wire;

namespace Skywire.Routing.Tests.Kit;

internal static class Io
{
    /// <summary>Bytes that tell where they belong.</summary>
    public static byte[] Pattern(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static async Task<byte[]> ReadExactlyAsync(IByteStream stream, int count)
    {
        var bytes = new byte[count];
        var n = 0;
        while (n < count)
        {
            var read = await stream.ReadAsync(bytes.AsMemory(n), CancellationToken.None);
            Assert.True(read > 0, $"end of stream after {n} of {count} bytes");
            n += read;
        }

        return bytes;
    }

    public static async Task<byte[]> ReadToEndAsync(IByteStream stream)
    {
        using var all = new MemoryStream();
        var buffer = new byte[8192];
        int n;
        while ((n = await stream.ReadAsync(buffer, CancellationToken.None)) > 0)
        {
            all.Write(buffer, 0, n);
        }

        return all.ToArray();
    }
}
