// The calls a setup node, or a direct dialler, makes to a visor (spec 13 §2).
using Skywire.Crypto;
using Skywire.Dmsg;
using Skywire.Wire;
using Skywire.Wire.Gob;
using Skywire.Wire.Rpc;

namespace Skywire.Routing.Setup;

/// <summary>One stream to port 136 of a visor, used for all calls of one set-up. Owns the stream.</summary>
internal sealed class VisorCalls(PubKey visor, IByteStream stream) : IAsyncDisposable
{
    private readonly RpcClient _client = new(stream);

    public PubKey Visor => visor;

    public static async Task<VisorCalls> DialAsync(IDmsg dmsg, PubKey visor, CancellationToken cancellationToken) => new(visor, await dmsg.DialAsync(visor, DmsgPorts.VisorSetup, cancellationToken));

    /// <summary>Reserves exactly <paramref name="count"/> IDs. Throws <see cref="RpcException"/> with the visor's words, or <see cref="ProtocolException"/>.</summary>
    public async Task<uint[]> ReserveAsync(int count, CancellationToken cancellationToken)
    {
        var reply = await _client.CallAsync(SetupGob.ReserveIds, GobType.UInt, GobValue.Of((ulong)count), cancellationToken);
        return SetupGob.TryRead(reply, count, out uint[]? ids) ? ids! : throw new ProtocolException(ProtocolError.SetupRefused, $"asked for {count} route IDs, got {reply.Items.Count}");
    }

    public async Task AddIntermediaryRulesAsync(IReadOnlyList<byte[]> rules, CancellationToken cancellationToken) =>
        ThrowUnless(await _client.CallAsync(SetupGob.AddIntermediaryRules, SetupGob.RulesType, SetupGob.Of(rules), cancellationToken));

    public async Task AddEdgeRulesAsync(EdgeRules rules, CancellationToken cancellationToken) =>
        ThrowUnless(await _client.CallAsync(SetupGob.AddEdgeRules, SetupGob.EdgeRulesType, SetupGob.Of(rules), cancellationToken));

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private static void ThrowUnless(GobValue reply)
    {
        if (!reply.AsBool)
        {
            throw new ProtocolException(ProtocolError.SetupRefused, "the visor answered false");
        }
    }
}
