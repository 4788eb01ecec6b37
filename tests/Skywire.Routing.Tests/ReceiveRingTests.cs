using Skywire.Testing;

namespace Skywire.Routing.Tests;

public sealed class ReceiveRingTests : TestBase
{
    [Fact]
    public void Messages_OfManySizes_ComeOutAsTheyWentIn()
    {
        var ring = new ReceiveRing(1 << 20);
        var random = new Random(1);
        var expected = new Queue<byte[]>();
        for (var i = 0; i < 5000; i++)
        {
            if (random.Next(2) == 0)
            {
                var size = random.Next(10) switch { 0 => 0, 1 => 65535, 2 => random.Next(30_000), _ => random.Next(5000) };
                var message = Kit.Io.Pattern(size, i);
                if (ring.TryAppend(message))
                {
                    expected.Enqueue(message);
                }
            }
            else if (expected.TryDequeue(out var message))
            {
                Assert.True(ring.TryPeek(out var got));
                Assert.True(got.SequenceEqual(message), $"message {i}");
                ring.Pop();
            }
        }

        while (expected.TryDequeue(out var message))
        {
            Assert.True(ring.TryPeek(out var got));
            Assert.True(got.SequenceEqual(message));
            ring.Pop();
        }

        Assert.False(ring.TryPeek(out _));
        Assert.Equal(0, ring.HeldBytes);
    }

    [Fact]
    public void TryAppend_LargerThanAnEmptySmallTail_IsStillTheNextMessage()
    {
        var ring = new ReceiveRing(1 << 20);
        Assert.True(ring.TryAppend([1]));
        Assert.True(ring.TryPeek(out _));
        ring.Pop();
        Assert.True(ring.TryAppend(new byte[60_000]));
        Assert.True(ring.TryAppend([2]));
        Assert.True(ring.TryPeek(out var first));
        Assert.Equal(60_000, first.Length);
        ring.Pop();
        Assert.True(ring.TryPeek(out var second));
        Assert.Equal(1, second.Length);
    }

    [Fact]
    public async Task TryAppend_Full_RefusesUntilReadAndWakesTheWaiter()
    {
        var ring = new ReceiveRing(10_000);
        while (ring.TryAppend(new byte[998]))
        {
        }

        Assert.Equal(10_000, ring.HeldBytes);
        var wait = ring.WaitForRoomAsync(Deadline).AsTask();
        for (var i = 0; i < 5; i++)
        {
            Assert.False(wait.IsCompleted);
            Assert.True(ring.TryPeek(out _));
            ring.Pop();
        }

        await wait;
        Assert.True(ring.TryAppend(new byte[998]));
    }

    [Fact]
    public async Task WaitForRoomAsync_CancelledOrClosed_Ends()
    {
        var ring = new ReceiveRing(10);
        Assert.True(ring.TryAppend(new byte[100]));
        Assert.False(ring.TryAppend([1]));
        using var cancel = new CancellationTokenSource();
        var cancelled = ring.WaitForRoomAsync(cancel.Token).AsTask();
        var closed = ring.WaitForRoomAsync(Deadline).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(closed.IsCompleted);
        ring.Close();
        await closed;
        Assert.True(ring.TryAppend([1]));
        Assert.False(ring.TryPeek(out _));
    }

    [Fact]
    public void Close_WhilePeeking_KeepsTheBytesUntilPop()
    {
        var ring = new ReceiveRing(1000);
        Assert.True(ring.TryAppend([1, 2, 3]));
        Assert.True(ring.TryPeek(out var message));
        ring.Close();
        Assert.Equal([1, 2, 3], message.ToArray());
        ring.Pop();
        Assert.False(ring.TryPeek(out _));
    }

    [Fact]
    public void SteadyTraffic_AllocatesNothing()
    {
        var ring = new ReceiveRing(1 << 20);
        var message = new byte[4063];
        for (var i = 0; i < 300; i++)
        {
            Cycle();
        }

        var allocated = AllocationMeasurement.LeastBytes(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                Cycle();
            }
        });
        Assert.Equal(0, allocated);

        void Cycle()
        {
            for (var n = 0; n < 9; n++)
            {
                ring.TryAppend(message);
            }

            while (ring.TryPeek(out _))
            {
                ring.Pop();
            }
        }
    }
}
