// Many boards on one wire without sockets or threads: events in the order of their virtual time, chances from one seed.
using System.Net;
using Skywire.Crypto;
using Skywire.Discovery.Box;
using Skywire.Testing;
using Xunit;

namespace Skywire.Discovery.Tests.Box;

/// <summary>Delays, losses, cuts and power failures around real <see cref="BoxNode"/>s.</summary>
internal sealed class BoxWorld(int seed, double loss = 0)
{
    private static readonly TimeSpan ServiceStart = TimeSpan.FromMilliseconds(400);

    private readonly SimulationEntropy _entropy = new(seed);
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private long _order;

    /// <summary>The secret of these boards.</summary>
    public static BoxSecret Secret { get; } = SecretOf(1);

    /// <summary>Virtual time.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>All boards, lowest key first.</summary>
    public List<Board> Boards { get; } = [];

    /// <summary>True when nothing sent by the first reaches the second.</summary>
    public Func<Board, Board, bool> IsCut { get; set; } = static (_, _) => false;

    /// <summary>Every datagram that was sent, as a listener on the wire records it.</summary>
    public List<(byte[] Bytes, IPEndPoint Source)> Recorded { get; } = [];

    public static BoxSecret SecretOf(byte value)
    {
        var bytes = new byte[BoxSecret.Size];
        bytes[0] = value;
        Assert.True(BoxSecret.TryCreate(bytes, out var secret));
        return secret!;
    }

    /// <summary>Makes boards with sorted keys; none is on yet.</summary>
    public BoxWorld With(int count)
    {
        var keys = Enumerable.Range(0, count).Select(i => SecKey.Generate(_entropy.For($"key {i}"))).OrderBy(k => k.PublicKey).ToList();
        for (var i = 0; i < count; i++)
        {
            Boards.Add(new Board(this, i, keys[i], new IPEndPoint(IPAddress.Parse($"192.0.2.{i + 1}"), 7946)));
        }

        return this;
    }

    /// <summary>Runs for a while.</summary>
    public void Run(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (_events.TryPeek(out var action, out var due) && due.At <= end)
        {
            _events.Dequeue();
            Now = due.At;
            action();
        }

        Now = end;
    }

    /// <summary>Runs until something holds; the seconds it took. Fails after <paramref name="limit"/> seconds.</summary>
    public double RunUntil(Func<bool> condition, double limit)
    {
        var since = Now;
        while (!condition())
        {
            Assert.True((Now - since).TotalSeconds < limit, $"seed {seed}: not within {limit} s: {string.Join(", ", Boards)}");
            Run(0.05);
        }

        return (Now - since).TotalSeconds;
    }

    /// <summary>True when exactly one of these boards serves and all others of them follow it.</summary>
    public static bool IsSettled(params IEnumerable<Board> boards)
    {
        var on = boards.Where(b => b.Node is not null).ToList();
        var serving = on.Where(b => b.Node!.Role == BoxRole.Serving).ToList();
        return serving.Count == 1 && on.All(b => b.Node!.Serving()?.Key == serving[0].Key.PublicKey);
    }

    /// <summary>The board that serves.</summary>
    public Board Serving => Boards.Single(b => b.Node?.Role == BoxRole.Serving);

    /// <summary>Delivers bytes to a board from an address, as anybody on the wire can.</summary>
    public static void Inject(Board to, ReadOnlySpan<byte> bytes, IPEndPoint source) => to.Take(bytes.ToArray(), source);

    private void At(TimeSpan when, Action action) => _events.Enqueue(action, (when, _order++));

    private void Transmit(Board from, byte[] bytes, IPEndPoint? to)
    {
        Recorded.Add((bytes, from.Address));
        foreach (var board in Boards.Where(b => b != from && (to is null || b.Address.Equals(to))))
        {
            if (IsCut(from, board) || _entropy.NextDouble() < loss)
            {
                continue;
            }

            At(Now + TimeSpan.FromMilliseconds(0.5 + (_entropy.NextDouble() * 20)), () => board.Take(bytes, from.Address));
        }
    }

    internal sealed class Board(BoxWorld world, int number, SecKey key, IPEndPoint address)
    {
        private int _starts;

        public SecKey Key => key;

        public IPEndPoint Address => address;

        public BoxNode? Node { get; private set; }

        /// <summary>Its services do not start.</summary>
        public bool IsBroken { get; set; }

        public void On(BoxOptions? options = null)
        {
            var node = new BoxNode(options ?? BoxOptions.Default, key, Secret, () => new BoxSelf($"board {number}", 7777, 0, []), world._entropy.For($"{number} {++_starts}"));
            Node = node;
            Live(node);
        }

        /// <summary>Power gone, without a word.</summary>
        public void Off() => Node = null;

        /// <summary>An orderly stop.</summary>
        public void Leave()
        {
            world.Transmit(this, Node!.Compose(default, world.Now, leaving: true), null);
            Node = null;
        }

        public void Take(byte[] bytes, IPEndPoint source)
        {
            if (Node is { } node)
            {
                var before = node.Role;
                node.Receive(bytes, source, world.Now);
                After(node, before);
            }
        }

        public override string ToString() => Node is null ? $"{number} off" : $"{number} {Node.Role} term {Node.Term} knows {Node.Members(world.Now).Count}";

        private void Live(BoxNode node)
        {
            if (Node != node)
            {
                return;
            }

            var before = node.Role;
            node.Tick(world.Now);
            After(node, before);
            var next = node.NextTick > world.Now ? node.NextTick : world.Now + TimeSpan.FromMilliseconds(1);
            world.At(next, () => Live(node));
        }

        private void After(BoxNode node, BoxRole before)
        {
            if (node.Role == BoxRole.Starting && before != BoxRole.Starting)
            {
                world.At(world.Now + ServiceStart, () =>
                {
                    if (Node == node && node.Role == BoxRole.Starting)
                    {
                        if (IsBroken)
                        {
                            node.ServicesFailed(world.Now);
                        }
                        else
                        {
                            node.ServicesStarted(world.Now);
                        }

                        Flush(node);
                    }
                });
            }

            Flush(node);
        }

        private void Flush(BoxNode node)
        {
            while (node.TryTakeSend(out var send))
            {
                world.Transmit(this, node.Compose(send, world.Now), send.To);
            }
        }
    }
}
