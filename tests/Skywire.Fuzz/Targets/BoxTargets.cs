// Datagrams on the beacons' port: from anybody, and from members gone bad.
using System.Buffers.Binary;
using System.Net;
using Skywire.Crypto;
using Skywire.Discovery.Box;
using Skywire.Fuzz.Engine;

namespace Skywire.Fuzz.Targets;

internal static class BoxTargets
{
    /// <summary>In the first byte of a datagram: mesh ID and tag are made right, as a member can.</summary>
    public const byte Tagged = 1;

    /// <summary>The signature is made right too.</summary>
    public const byte Signed = 2;

    /// <summary>The node's last question is answered.</summary>
    public const byte Echoes = 4;

    private const int MeshIdAt = 8;
    private const int KeyAt = 16;
    private const int EchoAt = 97;

    private static readonly IPEndPoint Source = new(IPAddress.Parse("192.0.2.9"), 7946);

    /// <summary>The box of the targets.</summary>
    public static BoxSecret Secret { get; } = BoxSecret.TryCreate(FuzzKeys.Record, out var secret) ? secret! : throw new InvalidOperationException("not a secret");

    public static IReadOnlyList<FuzzTarget> All { get; } = [new("box-beacons", Beacons) { AllocationBase = 512 * 1024, AllocationPerByte = 1024, QuickShare = 0.5, MaxInput = 4096 }];

    // Repeated: mode (1), milliseconds to wait / 4 (1), length (2), datagram.
    private static int Beacons(ReadOnlySpan<byte> input)
    {
        var node = new BoxNode(BoxOptions.Default, FuzzKeys.Own, Secret, static () => new BoxSelf("own", 7777, 1, []), FuzzKeys.Entropy("own"));
        var now = TimeSpan.Zero;
        UInt128 question = default;
        var (outcome, taken) = (0, 0L);
        node.Tick(now);
        while (input.Length >= 4)
        {
            var (mode, length) = (input[0], Math.Min((int)BinaryPrimitives.ReadUInt16BigEndian(input[2..]), input.Length - 4));
            now += TimeSpan.FromMilliseconds(input[1] * 4);
            node.Receive(Make(input.Slice(4, length), mode, question), Source, now);
            input = input[(4 + length)..];
            taken++;
            while (node.TryTakeSend(out var send))
            {
                question = send.Challenge != default ? send.Challenge : question;
                if (node.Compose(send, now).Length > BoxNode.MaxDatagram)
                {
                    throw new ContractException("a datagram longer than the longest");
                }
            }

            if (node.Role == BoxRole.Starting)
            {
                node.ServicesStarted(now);
            }

            node.Tick(now);
        }

        if (node.Heard + node.Refusals.Values.Sum() != taken)
        {
            throw new ContractException("a datagram was neither taken nor refused");
        }

        foreach (var (refusal, count) in node.Refusals)
        {
            outcome |= count > 0 ? 1 << (int)refusal : 0;
        }

        return outcome | (node.Heard > 0 ? 1 << 20 : 0) | ((int)node.Role << 21) | (node.Members(now).Count << 25);
    }

    private static byte[] Make(ReadOnlySpan<byte> datagram, byte mode, UInt128 question)
    {
        var bytes = datagram.ToArray();
        if (bytes.Length < BeaconCodec.MinLength || (mode & Tagged) == 0)
        {
            return bytes;
        }

        Secret.MeshId.CopyTo(bytes.AsSpan(MeshIdAt));
        if ((mode & Echoes) != 0)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(EchoAt), question);
        }

        var signatureAt = bytes.Length - Signature.Size - HmacSha256.HashSize;
        if ((mode & Signed) != 0)
        {
            FuzzKeys.Peer.PublicKey.CopyTo(bytes.AsSpan(KeyAt));
            FuzzKeys.Peer.SignPayload([.. "skyminer box beacon 1"u8, .. bytes.AsSpan(0, signatureAt)]).CopyTo(bytes.AsSpan(signatureAt));
        }

        using var tag = new HmacSha256(Secret.BeaconKey);
        tag.HashData(bytes.AsSpan(0, bytes.Length - HmacSha256.HashSize), bytes.AsSpan(bytes.Length - HmacSha256.HashSize));
        return bytes;
    }
}
