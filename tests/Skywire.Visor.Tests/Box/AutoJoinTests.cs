using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Testing;
using Skywire.Transport;
using Skywire.Transport.Net;
using Skywire.Transport.Stcpr;
using Skywire.Visor.Box;
using Skywire.Wire;

namespace Skywire.Visor.Tests.Box;

// Over the kernel's own sockets: one loopback address plays the radio, another one the wire.
public sealed class AutoJoinTests : TestBase
{
    private static readonly IPAddress Air = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress Wire = IPAddress.Parse("127.0.0.2");

    private readonly SecKey _self = SecKey.Generate(new SeededEntropy(11));
    private readonly SecKey _other = SecKey.Generate(new SeededEntropy(12));
    private readonly TaskCompletionSource<int> _port = new();
    private BoxMember? _member;

    [Fact]
    public async Task UpdateAsync_LinkOverTheAirAndAWireForTwentySeconds_MovesToTheWire()
    {
        await using var far = Manager(_other, new Book(_port));
        await far.StartAsync(new Ignoring(), Deadline);
        var port = await _port.Task.WaitAsync(Deadline);
        await using var near = Manager(_self, new BoxAddressBook(key => key == _other.PublicKey ? _member : null, null, new Book(new TaskCompletionSource<int>())));
        await near.StartAsync(new Ignoring(), Deadline);
        var join = new AutoJoin(near, _self.PublicKey, [], 8, TimeProvider.System);

        _member = Member(port, [Air], onWire: null);
        await join.UpdateAsync([_member], Deadline);
        Assert.Equal(Air, (await UpAsync(near, _ => true)).Address);

        // A cable that was plugged in just now may be pulled again: nothing moves yet.
        _member = Member(port, [Wire, Air], TimeSpan.FromSeconds(19));
        await join.UpdateAsync([_member], Deadline);
        Assert.Equal(Air, (await UpAsync(near, _ => true)).Address);

        _member = Member(port, [Wire, Air], TimeSpan.FromSeconds(20));
        await join.UpdateAsync([_member], Deadline);
        Assert.Equal(Wire, (await UpAsync(near, e => e.Address.Equals(Wire))).Address);
        Assert.Equal(1, join.Count);
    }

    private static async Task<IPEndPoint> UpAsync(TransportManager transports, Func<IPEndPoint, bool> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            if (transports.Snapshot().FirstOrDefault(t => t.IsUp) is { } up && IPEndPoint.Parse(up.RemoteAddress) is var remote && wanted(remote))
            {
                return remote;
            }

            await Task.Yield();
        }
    }

    private BoxMember Member(int port, IReadOnlyList<IPAddress> addresses, TimeSpan? onWire)
        => new(_other.PublicKey, "far", addresses, port, BoxDuty.None, false, 0, 1, TimeSpan.Zero, TimeSpan.FromMinutes(1)) { OnAir = [Air], OnWire = onWire };

    private static TransportManager Manager(SecKey key, IAddressResolver resolver) => new(
        new TransportManagerOptions(),
        key,
        [new StcprNetwork(new StcprOptions { ListenAddress = IPAddress.Any, AllowPrivate = true }, key, new TcpNetwork(TcpOptions.Default, TimeProvider.System), resolver, () => ["127.0.0.1"], SystemEntropy.Instance, TimeProvider.System, NullLoggerFactory.Instance)],
        null,
        SystemEntropy.Instance,
        TimeProvider.System,
        NullLoggerFactory.Instance);

    private sealed class Book(TaskCompletionSource<int> port) : IAddressResolver
    {
        public Task BindStcprAsync(int bound, IReadOnlyList<string> addresses, CancellationToken cancellationToken)
        {
            port.TrySetResult(bound);
            return Task.CompletedTask;
        }

        public Task UnbindStcprAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<ResolvedAddress?> ResolveAsync(string type, PubKey key, CancellationToken cancellationToken) => Task.FromResult<ResolvedAddress?>(null);
    }

    private sealed class Ignoring : IPacketHandler
    {
        public bool TryHandle(ITransport source, PacketHeader header, Span<byte> packet) => true;

        public ValueTask WaitForRoomAsync(ITransport source, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
