using Skywire.Dmsg.Client;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Dmsg.Tests.Client;

public sealed class PortTableTests : TestBase
{
    [Fact]
    public void ReserveEphemeral_CountsFrom49153AndWrapsTo49152()
    {
        var table = new PortTable();
        using var first = table.ReserveEphemeral();
        Assert.Equal(49153, first.Port);
        for (var port = 49154; port <= ushort.MaxValue; port++)
        {
            using var next = table.ReserveEphemeral();
            Assert.Equal(port, next.Port);
        }

        using var wrapped = table.ReserveEphemeral();
        Assert.Equal(49152, wrapped.Port);
        using var skipped = table.ReserveEphemeral();
        Assert.Equal(49154, skipped.Port);
        Assert.Equal(3, table.EphemeralInUse);
    }

    [Fact]
    public void ReserveEphemeral_AllTaken_ThrowsUntilOneIsGivenBack()
    {
        var table = new PortTable();
        var all = Enumerable.Range(0, 16384).Select(_ => table.ReserveEphemeral()).ToList();
        Assert.Equal(16384, all.Select(r => r.Port).Distinct().Count());
        Assert.Equal(ProtocolError.LimitReached, Assert.Throws<ProtocolException>(() => table.ReserveEphemeral()).Error);
        all[100].Dispose();
        all[100].Dispose();
        using var again = table.ReserveEphemeral();
        Assert.Equal(all[100].Port, again.Port);
        Assert.Throws<ProtocolException>(() => table.ReserveEphemeral());
    }

    [Fact]
    public async Task Listen_TakenPort_ThrowsUntilTheListenerIsDisposed()
    {
        var table = new PortTable();
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Listen(0, 1));
        var listener = table.Listen(80, 1);
        Assert.Equal(ProtocolError.PortTaken, Assert.Throws<ProtocolException>(() => table.Listen(80, 1)).Error);
        Assert.Same(listener, table.Find(80));
        await listener.DisposeAsync();
        await listener.DisposeAsync();
        Assert.Null(table.Find(80));
        await using var again = table.Listen(80, 1);
        using var ephemeral = table.ReserveEphemeral();
        Assert.Equal(ProtocolError.PortTaken, Assert.Throws<ProtocolException>(() => table.Listen(ephemeral.Port, 1)).Error);
    }

    [Fact]
    public async Task AcceptAsync_ListenerDisposed_Throws()
    {
        var table = new PortTable();
        var listener = table.Listen(80, 1);
        var accepting = listener.AcceptAsync(Deadline);
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await accepting);
        Assert.False(listener.TryReserve());
    }
}
