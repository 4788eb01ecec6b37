using Skywire.Testing;

namespace Skywire.Noise.Tests;

public sealed class RecordTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData("XK")]
    [InlineData("KK")]
    public void Open_StrictCasesOfReference_AreJudgedAlike(string pattern)
    {
        var vector = NoiseVector.Load(pattern).Json;
        using var opener = new RecordOpener(vector.Hex("key_responder_to_initiator"), ReceiveRule.Strict);
        var plain = new byte[64];
        foreach (var record in vector.GetProperty("transport").EnumerateArray().Where(r => r.Text("direction") == "responder->initiator"))
        {
            Assert.Equal(RecordStatus.Done, opener.Open(record.Hex("sealed"), plain, out _));
        }

        RecordStatus[] expected = [RecordStatus.Done, RecordStatus.Replayed, RecordStatus.Replayed, RecordStatus.BadTag, RecordStatus.Replayed];
        var cases = vector.GetProperty("strict_counter_cases_responder_to_initiator").EnumerateArray().ToArray();
        Assert.Equal(expected.Length, cases.Length);
        for (var i = 0; i < cases.Length; i++)
        {
            var status = opener.Open(cases[i].Hex("sealed"), plain, out _);
            Assert.Equal(expected[i], status);
            Assert.Equal(cases[i].GetProperty("ok").GetBoolean(), status == RecordStatus.Done);
        }

        Assert.Equal(5UL, opener.LastCounter);
    }

    [Fact]
    public void Open_CutAtEveryByte_IsNeverAccepted()
    {
        using var sealer = new RecordSealer(Key);
        var record = new byte[RecordSealer.Overhead + 9];
        sealer.Seal("plaintext"u8, record);
        var plain = new byte[64];
        for (var length = 0; length < record.Length; length++)
        {
            using var opener = new RecordOpener(Key, ReceiveRule.Window);
            var status = opener.Open(record.AsSpan(0, length), plain, out var written);
            Assert.Equal(length < RecordSealer.Overhead ? RecordStatus.TooShort : RecordStatus.BadTag, status);
            Assert.Equal(0, written);
        }

        using var whole = new RecordOpener(Key, ReceiveRule.Window);
        Assert.Equal(RecordStatus.BadTag, whole.Open([.. record, 0], plain, out _));
        Assert.Equal(RecordStatus.Done, whole.Open(record, plain, out var n));
        Assert.Equal("plaintext"u8, plain.AsSpan(0, n));
    }

    [Fact]
    public void Open_Mutated_IsNeverAccepted()
    {
        using var sealer = new RecordSealer(Key);
        var record = new byte[RecordSealer.Overhead + 100];
        sealer.Seal(new byte[100], record);
        var random = new Random(7);
        var plain = new byte[100];
        for (var round = 0; round < 500; round++)
        {
            var bad = (byte[])record.Clone();
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            using var opener = new RecordOpener(Key, ReceiveRule.Window);
            Assert.NotEqual(RecordStatus.Done, opener.Open(bad, plain, out _));
        }
    }

    [Fact]
    public void Open_WindowRule_TakesAnyOrderOnce()
    {
        var records = Records(3000);
        using var opener = new RecordOpener(Key, ReceiveRule.Window);
        Span<byte> plain = stackalloc byte[1];
        Assert.Equal(RecordStatus.Replayed, opener.Open(new byte[RecordSealer.Overhead], plain, out _)); // counter 0
        Assert.Equal(RecordStatus.Done, opener.Open(records[10], plain, out _));
        Assert.Equal(RecordStatus.Done, opener.Open(records[3], plain, out _));
        Assert.Equal(RecordStatus.Replayed, opener.Open(records[3], plain, out _));
        Assert.Equal(RecordStatus.Replayed, opener.Open(records[10], plain, out _));
        Assert.Equal(10UL, opener.LastCounter);

        Assert.Equal(RecordStatus.Done, opener.Open(records[2000], plain, out _));
        Assert.Equal(RecordStatus.Replayed, opener.Open(records[2000 - ReplayWindow.Size], plain, out _));
        Assert.Equal(RecordStatus.Done, opener.Open(records[2000 - ReplayWindow.Size + 1], plain, out _));
        Assert.Equal(RecordStatus.Replayed, opener.Open(records[11], plain, out _));
    }

    [Fact]
    public void Open_WindowRule_ForgedCounterDoesNotMoveTheWindow()
    {
        var records = Records(5);
        using var opener = new RecordOpener(Key, ReceiveRule.Window);
        var forged = (byte[])records[5].Clone();
        forged.AsSpan(0, 8).Fill(0xff);
        Span<byte> plain = stackalloc byte[1];
        Assert.Equal(RecordStatus.BadTag, opener.Open(forged, plain, out _));
        Assert.Equal(0UL, opener.LastCounter);
        Assert.Equal(RecordStatus.Done, opener.Open(records[1], plain, out _));
    }

    [Fact]
    public void ReplayWindow_RandomOrder_EqualsASetWithALimit()
    {
        var window = new ReplayWindow();
        var seen = new HashSet<ulong>();
        var random = new Random(3);
        ulong top = 1;
        for (var i = 0; i < 20000; i++)
        {
            top += random.Next(50) == 0 ? (ulong)random.Next(3000) : (ulong)random.Next(3);
            var counter = top - Math.Min(top, (ulong)random.Next(1100));
            var expected = counter > 0 && (counter > window.Highest || (window.Highest - counter < ReplayWindow.Size && !seen.Contains(counter)));
            Assert.Equal(expected, window.IsFresh(counter));
            if (expected)
            {
                window.Accept(counter);
                seen.Add(counter);
            }
        }
    }

    [Fact]
    public void Seal_DestinationTooShort_ThrowsAndKeepsTheCounter()
    {
        using var sealer = new RecordSealer(Key);
        Assert.Throws<ArgumentException>(() => sealer.Seal(new byte[10], new byte[33]));
        var record = new byte[34];
        sealer.Seal(new byte[10], record);
        Assert.Equal(1, record[7]);
    }

    [Theory]
    [InlineData(ReceiveRule.Strict)]
    [InlineData(ReceiveRule.Window)]
    public void SealAndOpen_SteadyState_AllocateNothing(ReceiveRule rule)
    {
        using var sealer = new RecordSealer(Key);
        using var opener = new RecordOpener(Key, rule);
        var plain = new byte[NoiseFrame.MaxPlaintext];
        var record = new byte[NoiseFrame.MaxLength];
        Round();
        var allocated = AllocationMeasurement.LeastBytes(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                Round();
            }
        });
        Assert.Equal(0, allocated);

        void Round()
        {
            var n = sealer.Seal(plain, record);
            if (opener.Open(record.AsSpan(0, n), plain, out _) != RecordStatus.Done)
            {
                throw new InvalidOperationException("a sealed record did not open");
            }
        }
    }

    // Element n carries counter n.
    private static byte[][] Records(int last)
    {
        using var sealer = new RecordSealer(Key);
        var records = new byte[last + 1][];
        for (var n = 1; n <= last; n++)
        {
            records[n] = new byte[RecordSealer.Overhead + 1];
            sealer.Seal([(byte)n], records[n]);
        }

        return records;
    }
}
