// A kernel at the other end of netlink sockets: answers what the test says, and tells what the test has happen.
using System.Collections.Concurrent;
using Skywire.Linux.Netlink;
using Skywire.Wifi.Kernel;

namespace Skywire.Wifi.Tests.Kernel;

/// <summary>What the kernel answers.</summary>
internal sealed record Reply(IReadOnlyList<byte[]> Messages, int Error = 0, string Text = "")
{
    public static Reply Done { get; } = new([]);

    public static Reply With(params IReadOnlyList<byte[]> messages) => new(messages);

    public static Reply Refused(int error, string text = "") => new([], error, text);
}

internal sealed class SimulatedKernel
{
    public const ushort FamilyId = 28;
    public const uint ScanGroup = 6;
    public const uint MlmeGroup = 8;
    public const uint FamiliesGroup = 16;
    private const byte GetFamily = 3;
    private const ushort FamilyName = 2;

    private readonly Lock _lock = new();
    private readonly List<Socket> _sockets = [];

    /// <summary>The module is loaded.</summary>
    public bool HasRadios { get; set; } = true;

    /// <summary>Answers of nl80211 by command.</summary>
    public Dictionary<byte, Func<byte[], Reply>> Radios { get; } = [];

    /// <summary>Answers of rtnetlink by type.</summary>
    public Dictionary<ushort, Func<byte[], Reply>> Links { get; } = [];

    /// <summary>Commands and their payloads (without the header of generic netlink), in their order; links as type.</summary>
    public List<(int Command, byte[] Payload)> Asked { get; } = [];

    /// <summary>Look-ups of the family.</summary>
    public int Lookups { get; private set; }

    /// <summary>What nl80211 says of itself.</summary>
    public static byte[] Family { get; } = new NetlinkWriter(0).Raw([GenericNetlink.NewFamily, 2, 0, 0])
        .Text(FamilyName, Nl80211.FamilyName)
        .UInt16(1, FamilyId)
        .UInt32(3, 1)
        .Nested(7, groups => Group(Group(Group(Group(groups, "config", 5), "scan", ScanGroup), "regulatory", 7), "mlme", MlmeGroup))
        .ToMessage(NetlinkFlags.None, 0)[NetlinkMessage.HeaderSize..];

    public INetlinkSocket Open(int protocol)
    {
        var socket = new Socket(this, protocol);
        lock (_lock)
        {
            _sockets.Add(socket);
        }

        return socket;
    }

    /// <summary>Tells members of a group something.</summary>
    public void Tell(int protocol, uint group, ushort type, byte[] payload)
    {
        var message = Message(type, NetlinkFlags.None, 0, payload);
        foreach (var socket in Members(protocol, group))
        {
            socket.Arrived.Add(message);
        }
    }

    /// <summary>Queues of a group's members overflow.</summary>
    public void Lose(int protocol, uint group)
    {
        foreach (var socket in Members(protocol, group))
        {
            socket.Arrived.Add([]);
        }
    }

    /// <summary>Sockets that are in a group.</summary>
    public IReadOnlyList<Socket> Members(int protocol, uint group)
    {
        lock (_lock)
        {
            return [.. _sockets.Where(socket => socket.Protocol == protocol && socket.Groups.ContainsKey(group))];
        }
    }

    private static NetlinkWriter Group(NetlinkWriter writer, string name, uint id) => writer.Nested((ushort)id, group => group.Text(1, name).UInt32(2, id));

    private static byte[] Message(ushort type, NetlinkFlags flags, uint sequence, byte[] payload) => new NetlinkWriter(type, flags).Raw(payload).ToMessage(NetlinkFlags.None, sequence);

    private Reply Answer(int protocol, NetlinkMessage request)
    {
        lock (_lock)
        {
            if (protocol == NetlinkSocket.Route)
            {
                Asked.Add((request.Type, request.Payload.ToArray()));
                return Links.TryGetValue(request.Type, out var link) ? link(request.Payload.ToArray()) : Reply.Refused(95);
            }

            GenericNetlink.TryRead(request.Payload, out var command, out var attributes);
            if (request.Type == GenericNetlink.Controller)
            {
                return command == GetFamily && attributes.TryFind(FamilyName, out var of) && of.TryText(out var name) ? Find(name) : Reply.Refused(95);
            }

            var payload = request.Payload[GenericNetlink.HeaderSize..].ToArray();
            Asked.Add((command, payload));
            return !HasRadios ? Reply.Refused(2) : Radios.TryGetValue(command, out var radio) ? radio(payload) : Reply.Refused(95);
        }
    }

    private Reply Find(string name)
    {
        if (name == GenericNetlink.ControllerName)
        {
            return Reply.With(new NetlinkWriter(0).Raw([GenericNetlink.NewFamily, 2, 0, 0])
                .Text(FamilyName, name)
                .UInt16(1, GenericNetlink.Controller)
                .Nested(7, groups => Group(groups, GenericNetlink.ControllerGroup, FamiliesGroup))
                .ToMessage(NetlinkFlags.None, 0)[NetlinkMessage.HeaderSize..]);
        }

        Lookups++;
        return HasRadios ? Reply.With(Family) : Reply.Refused(2);
    }

    internal sealed class Socket(SimulatedKernel kernel, int protocol) : INetlinkSocket
    {
        public int Protocol { get; } = protocol;

        public ConcurrentDictionary<uint, bool> Groups { get; } = new();

        public BlockingCollection<byte[]> Arrived { get; } = [];

        public bool IsDisposed { get; private set; }

        public void Join(uint group) => Groups[group] = true;

        public void Send(ReadOnlySpan<byte> message)
        {
            var reader = new NetlinkReader(message);
            Assert.True(reader.TryRead(out var request));
            var reply = request.Type == NetlinkMessage.Nothing ? Reply.Done : kernel.Answer(Protocol, request);
            var isDump = request.Flags.HasFlag(NetlinkFlags.Dump);
            foreach (var payload in reply.Messages)
            {
                Arrived.Add(Message(request.Type, isDump ? NetlinkFlags.Multi : NetlinkFlags.None, request.Sequence, payload));
            }

            var end = new NetlinkWriter(isDump && reply.Error == 0 ? NetlinkMessage.Done : NetlinkMessage.Error, NetlinkFlags.Capped | NetlinkFlags.AcknowledgeAttributes).Raw(BitConverter.GetBytes(-reply.Error));
            if (!isDump || reply.Error != 0)
            {
                // The request's header, repeated.
                end.Raw(message[..NetlinkMessage.HeaderSize]);
            }

            Arrived.Add((reply.Text.Length > 0 ? end.Text(1, reply.Text) : end).ToMessage(NetlinkFlags.None, request.Sequence));
        }

        public NetlinkArrival Receive(Span<byte> buffer, TimeSpan wait, out int length)
        {
            length = 0;
            if (!Arrived.TryTake(out var datagram, wait))
            {
                return NetlinkArrival.Nothing;
            }

            datagram.CopyTo(buffer);
            length = datagram.Length;
            return length == 0 ? NetlinkArrival.Lost : NetlinkArrival.Datagram;
        }

        public void Dispose() => IsDisposed = true;
    }
}
