// The bounded send buffer: order, room, reserve, waiters that are never forgotten.
using Skywire.Testing;
using Skywire.Transport.Links;
using Xunit;

namespace Skywire.Transport.Tests.Links;

public sealed class SendQueueTests : TestBase
{
    private const int Capacity = SendQueue.MinCapacity;

    [Fact]
    public void TryTake_AfterAppends_GivesAllInOrderAndCounts()
    {
        var queue = new SendQueue(Capacity);
        Assert.False(queue.TryTake(out _));
        Assert.Equal(AppendResult.Queued, queue.TryAppend(PacketType.Data, 1, "abc"u8));
        Assert.Equal(AppendResult.Queued, queue.TryAppend([2, 0, 0, 0, 9, 0, 0]));
        Assert.True(queue.TryTake(out var batch));
        Assert.Equal([0, 0, 0, 0, 1, 0, 3, (byte)'a', (byte)'b', (byte)'c', 2, 0, 0, 0, 9, 0, 0], batch.Buffer[..batch.Length]);
        Assert.Equal(2, batch.Packets);
        Assert.Equal(3, batch.Payload);
        queue.Return(batch);
        Assert.False(queue.TryTake(out _));
    }

    [Fact]
    public void TryAppend_Full_RefusesDataButKeepsRoomForControl()
    {
        var queue = new SendQueue(Capacity);
        var payload = new byte[1000];
        var queued = 0;
        while (queue.TryAppend(PacketType.Data, 1, payload) == AppendResult.Queued)
        {
            queued++;
        }

        Assert.Equal((Capacity - SendQueue.ControlReserve) / 1007, queued);
        Assert.Equal(AppendResult.Full, queue.TryAppend(PacketType.Data, 1, payload));
        Assert.Equal(AppendResult.Queued, queue.TryAppend(PacketType.Close, 1, [0]));
        Assert.Equal(AppendResult.Queued, queue.TryAppend([(byte)PacketType.KeepAlive, 0, 0, 0, 9, 0, 0]));
        while (queue.TryAppend(PacketType.KeepAlive, 1, []) == AppendResult.Queued)
        {
            queued++;
        }

        Assert.True(queue.TryTake(out var batch));
        Assert.InRange(batch.Length, Capacity - PacketHeader.Size, Capacity);
        queue.Return(batch);
    }

    [Fact]
    public async Task WaitForRoom_ManyWaiters_AllGoWhenTheWriterTakes()
    {
        var queue = new SendQueue(Capacity);
        Fill(queue);
        var waits = Enumerable.Range(0, 50).Select(_ => queue.WaitForRoomAsync(Deadline).AsTask()).ToList();
        Assert.All(waits, w => Assert.False(w.IsCompleted));
        Assert.True(queue.TryTake(out var batch));
        await Task.WhenAll(waits).WaitAsync(Deadline);
        queue.Return(batch);
        Assert.True(queue.WaitForRoomAsync(Deadline).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WaitForRoom_Cancelled_OthersStillGo()
    {
        var queue = new SendQueue(Capacity);
        Fill(queue);
        using var cancel = new CancellationTokenSource();
        var gone = queue.WaitForRoomAsync(cancel.Token).AsTask();
        var stays = queue.WaitForRoomAsync(Deadline).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.True(queue.TryTake(out var batch));
        await stays.WaitAsync(Deadline);
        queue.Return(batch);

        // The cancelled waiter must not come back with a signal left over.
        Fill(queue);
        var again = queue.WaitForRoomAsync(Deadline).AsTask();
        Assert.False(again.IsCompleted);
        Assert.True(queue.TryTake(out batch));
        await again.WaitAsync(Deadline);
        queue.Return(batch);
    }

    [Fact]
    public async Task Close_WaitersAndWriter_GoAndPacketsAreDropped()
    {
        var queue = new SendQueue(Capacity);
        Assert.False(queue.TryTake(out _));
        var writer = queue.WaitAsync().AsTask();
        queue.TryAppend(PacketType.Data, 1, new byte[5]);
        await writer.WaitAsync(Deadline);
        Fill(queue);
        var room = queue.WaitForRoomAsync(Deadline).AsTask();
        queue.Close();
        await room.WaitAsync(Deadline);
        Assert.Equal(AppendResult.Closed, queue.TryAppend(PacketType.Data, 1, []));
        Assert.Equal(AppendResult.Closed, queue.TryAppend([2, 0, 0, 0, 9, 0, 0]));
        Assert.True(queue.WaitForRoomAsync(Deadline).AsTask().IsCompletedSuccessfully);
        queue.Discard();
        Assert.False(queue.TryTake(out _));
    }

    [Fact]
    public void WakeBatch_SleepingWriter_IsWokenAtItsEndOnly()
    {
        var queue = new SendQueue(Capacity);
        Assert.False(queue.TryTake(out _));
        var writer = queue.WaitAsync();
        var wakes = new WakeBatch();
        wakes.Begin();
        queue.TryAppend(PacketType.Data, 1, new byte[5]);
        queue.TryAppend(PacketType.Data, 1, new byte[5]);
        Assert.False(writer.IsCompleted);
        wakes.End();
        Assert.Null(WakeBatch.Current);
        Assert.True(writer.IsCompleted);
        Assert.True(queue.TryTake(out var batch));
        Assert.Equal(2, batch.Packets);
        queue.Return(batch);
    }

    [Fact]
    public async Task ProducersAndWriter_OnManyThreads_LoseNothing()
    {
        const int Producers = 4;
        const int Each = 20_000;
        var queue = new SendQueue(Capacity);
        var received = new int[Producers];
        var writer = Task.Run(WriteAsync, Deadline);
        await Task.WhenAll(Enumerable.Range(0, Producers).Select(p => Task.Run(() => ProduceAsync(p), Deadline)));
        queue.Close();
        await writer;
        Assert.All(received, n => Assert.Equal(Each, n));

        async Task ProduceAsync(int producer)
        {
            var payload = new byte[100];
            for (var i = 0; i < Each;)
            {
                BitConverter.TryWriteBytes(payload, i);
                if (queue.TryAppend(PacketType.Data, (uint)producer, payload) == AppendResult.Queued)
                {
                    i++;
                }
                else
                {
                    await queue.WaitForRoomAsync(Deadline);
                }
            }
        }

        async Task WriteAsync()
        {
            while (true)
            {
                if (queue.TryTake(out var batch))
                {
                    for (var at = 0; at < batch.Length;)
                    {
                        var header = PacketHeader.Read(batch.Buffer.AsSpan(at));
                        Assert.Equal(received[header.RouteId]++, BitConverter.ToInt32(batch.Buffer, at + PacketHeader.Size));
                        at += header.PacketSize;
                    }

                    queue.Return(batch);
                }
                else if (queue.IsClosed)
                {
                    return;
                }
                else
                {
                    await queue.WaitAsync();
                }
            }
        }
    }

    private static void Fill(SendQueue queue)
    {
        while (queue.TryAppend(PacketType.Data, 1, new byte[1000]) == AppendResult.Queued)
        {
            // Until it refuses.
        }
    }
}
