// The handshakes over streams: both roles, and callers that cut, stall or talk nonsense.
using System.Text;
using Skywire.Testing;
using Skywire.Transport.Handshake;
using Skywire.Transport.Tests.Support;
using Skywire.Wire;
using Xunit;

namespace Skywire.Transport.Tests.Handshake;

public sealed class LinkHandshakeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void DialAndAccept_AgainstEachOther_CarryBytesBothWays(int seed) => SimulationRun.Execute(seed, async sim =>
    {
        var (a, b) = TestKeys.Ordered(seed);
        var (left, right) = MemoryNetwork.CreatePair(seed);
        var accepting = LinkHandshake.AcceptAsync(right, b, sim.Entropy.For("b"), sim.Time, CancellationToken.None);
        var dialling = LinkHandshake.DialAsync(left, a, 49153, b.PublicKey, sim.Entropy.For("a"), sim.Time, CancellationToken.None);
        var accepted = await accepting;
        var dialled = await dialling;
        Assert.Equal(a.PublicKey, accepted.RemoteKey);
        Assert.Equal(b.PublicKey, dialled.RemoteKey);
        await dialled.Stream.WriteAsync(Encoding.ASCII.GetBytes("hello"), CancellationToken.None);
        Assert.Equal("hello", Encoding.ASCII.GetString(await FrameReader.ReadExactAsync(accepted.Stream, 5, CancellationToken.None)));
        await accepted.Stream.WriteAsync(Encoding.ASCII.GetBytes("world"), CancellationToken.None);
        Assert.Equal("world", Encoding.ASCII.GetString(await FrameReader.ReadExactAsync(dialled.Stream, 5, CancellationToken.None)));
        await dialled.Stream.DisposeAsync();
        await accepted.Stream.DisposeAsync();
    });

    [Fact]
    public void Dial_PeerHasAnotherKey_Fails() => SimulationRun.Execute(1, async sim =>
    {
        var (a, b) = TestKeys.Ordered(1);
        var (left, right) = MemoryNetwork.CreatePair(1);
        var accepting = LinkHandshake.AcceptAsync(right, b, sim.Entropy.For("b"), sim.Time, CancellationToken.None);
        var dialling = LinkHandshake.DialAsync(left, a, 49153, TestKeys.Seeded(99).PublicKey, sim.Entropy.For("a"), sim.Time, CancellationToken.None);
        await Assert.ThrowsAsync<ProtocolException>(() => accepting);
        await Assert.ThrowsAsync<ProtocolException>(() => dialling);
    });

    [Fact]
    public void Accept_CallerCutsAnywhere_EndsWithACause() => SimulationRun.Execute(5, async sim =>
    {
        var (a, b) = TestKeys.Ordered(5);
        for (var cut = 0; cut < 9 + 400; cut += cut < 20 ? 1 : 37)
        {
            var (left, right) = MemoryNetwork.CreatePair(cut);
            var accepting = LinkHandshake.AcceptAsync(right, b, sim.Entropy.For("b"), sim.Time, CancellationToken.None);
            var bytes = NetworkHandshakeFrames.GetNonce.ToArray();
            await left.WriteAsync(bytes.AsMemory(0, Math.Min(cut, 9)), CancellationToken.None);
            if (cut >= 9)
            {
                var line = await FrameReader.ReadLineAsync(left, 2048, ProtocolError.BadNetworkHandshake, CancellationToken.None);
                var caller = NetworkHandshake.Initiate(a, 1, new SkywireAddress(b.PublicKey, 45));
                caller.Written();
                caller.Receive(line);
                await left.WriteAsync(caller.Outgoing[..Math.Min(caller.Outgoing.Length - 1, cut - 9)], CancellationToken.None);
            }

            await left.DisposeAsync();
            var e = await Assert.ThrowsAsync<ProtocolException>(() => accepting);
            Assert.Equal(ProtocolError.TransportClosed, e.Error);
        }
    });

    [Fact]
    public void Accept_LineWithoutEnd_IsRefusedAtItsLimit() => SimulationRun.Execute(5, async sim =>
    {
        var (left, right) = MemoryNetwork.CreatePair(5);
        var accepting = LinkHandshake.AcceptAsync(right, TestKeys.Seeded(1), sim.Entropy, sim.Time, CancellationToken.None);
        await left.WriteAsync(NetworkHandshakeFrames.GetNonce.ToArray(), CancellationToken.None);
        await left.WriteAsync(new byte[100_000], CancellationToken.None);
        Assert.Equal(ProtocolError.BadNetworkHandshake, (await Assert.ThrowsAsync<ProtocolException>(() => accepting)).Error);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(9)]
    public void Accept_SilentCaller_IsLeftAfterTenSeconds(int sent) => SimulationRun.Execute(5, async sim =>
    {
        var (left, right) = MemoryNetwork.CreatePair(5);
        var accepting = LinkHandshake.AcceptAsync(right, TestKeys.Seeded(1), sim.Entropy, sim.Time, CancellationToken.None);
        await left.WriteAsync(NetworkHandshakeFrames.GetNonce[..sent].ToArray(), CancellationToken.None);
        Assert.Equal(ProtocolError.HandshakeTimeout, (await Assert.ThrowsAsync<ProtocolException>(() => accepting)).Error);
        Assert.Equal(TimeSpan.FromSeconds(10), sim.Time.Elapsed);
    });

    [Fact]
    public void Accept_CallerDripsBytes_OneLimitCoversAllFrames() => SimulationRun.Execute(5, async sim =>
    {
        var (left, right) = MemoryNetwork.CreatePair(5);
        var accepting = LinkHandshake.AcceptAsync(right, TestKeys.Seeded(1), sim.Entropy, sim.Time, CancellationToken.None);
        var drip = DripAsync();
        Assert.Equal(ProtocolError.HandshakeTimeout, (await Assert.ThrowsAsync<ProtocolException>(() => accepting)).Error);
        Assert.Equal(TimeSpan.FromSeconds(10), sim.Time.Elapsed);
        await Assert.ThrowsAnyAsync<IOException>(() => drip);

        async Task DripAsync()
        {
            foreach (var b in NetworkHandshakeFrames.GetNonce.ToArray().Concat(new byte[1000].Select(_ => (byte)' ')))
            {
                await left.WriteAsync(new[] { b }, CancellationToken.None);
                await Task.Delay(TimeSpan.FromSeconds(0.9), sim.Time);
            }
        }
    });

    [Fact]
    public void Dial_PeerRefuses_SaysWhy() => SimulationRun.Execute(5, async sim =>
    {
        var (left, right) = MemoryNetwork.CreatePair(5);
        var dialling = LinkHandshake.DialAsync(left, TestKeys.Seeded(1), 49153, TestKeys.Seeded(2).PublicKey, sim.Entropy, sim.Time, CancellationToken.None);
        await LinkHandshake.RunFramesAsync(right, NetworkHandshake.Respond(_ => false, sim.Entropy), LinkHandshake.FramesLimit, sim.Time, CancellationToken.None)
            .ContinueWith(t => Assert.IsType<ProtocolException>(t.Exception!.InnerException), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.FromCurrentSynchronizationContext());
        var e = await Assert.ThrowsAsync<ProtocolException>(() => dialling);
        Assert.Equal(ProtocolError.NoListener, e.Error);
    });
}
