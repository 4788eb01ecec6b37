// Settlement: the recorded lines from both sides, every refusal, and peers that stall.
using System.Text;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Transport.Settlement;
using Skywire.Transport.Tests.Support;
using Skywire.Wire;
using Xunit;

namespace Skywire.Transport.Tests.Settlement;

public sealed class SettlementHandshakeTests
{
    private const string File = "transport-handshake.json";

    private static SecKey A => TestKeys.Vector(File, "A");

    private static SecKey B => TestKeys.Vector(File, "B");

    private static byte[] Recorded(string transcript) => Vectors.Load(File).GetProperty(transcript)[0].Hex("hex");

    [Fact]
    public void Judge_RecordedLine_IsAcceptedAndSignedByBoth()
    {
        Assert.Equal(SettlementReply.Accepted, SettlementHandshake.Judge(Recorded("settlement_transcript"), B, A.PublicKey, "stcpr", out var agreed));
        Assert.True(agreed!.IsSignedBy(A.PublicKey));
        Assert.True(agreed.IsSignedBy(B.PublicKey));
        var registered = TransportEntryJson.ParseSignedList(Encoding.UTF8.GetBytes(Vectors.Load(File).Text("settlement_responder_registers_json")), 4096)![0];
        Assert.Equal(registered.Entry, agreed.Entry);
        Assert.Equal(registered.Signature0, agreed.Signature0);
        Assert.True(registered.IsSignedBy(B.PublicKey));
    }

    [Fact]
    public void Judge_RecordedRejectedLine_IsInvalidOnALinkOfAnotherType()
        => Assert.Equal(SettlementReply.InvalidEntry, SettlementHandshake.Judge(Recorded("settlement_reject_transcript"), B, A.PublicKey, "stcp", out _));

    [Fact]
    public void Line_OfAnOffer_IsTheRecordedOneButItsSignature()
    {
        var recorded = Encoding.ASCII.GetString(Recorded("settlement_transcript"));
        var line = Encoding.ASCII.GetString(SettlementHandshake.Line(SettlementHandshake.Offer(A, B.PublicKey, "stcpr", "user")));
        Assert.Equal(517, line.Length);
        var signature = recorded.IndexOf("\"signatures\":[\"", StringComparison.Ordinal) + 15;
        Assert.Equal(recorded[..signature], line[..signature]);
        Assert.Equal(recorded[(signature + 130)..], line[(signature + 130)..]);
    }

    [Fact]
    public void Judge_CutMutatedOrForeign_IsInvalidAndNeverThrows()
    {
        var line = Recorded("settlement_transcript");
        for (var n = 0; n < line.Length - 1; n++)
        {
            Assert.Equal(SettlementReply.InvalidEntry, SettlementHandshake.Judge(line.AsSpan(0, n), B, A.PublicKey, "stcpr", out _));
        }

        Assert.Equal(SettlementReply.InvalidEntry, SettlementHandshake.Judge([.. line, (byte)'x'], B, A.PublicKey, "stcpr", out _));
        Assert.Equal(SettlementReply.InvalidEntry, SettlementHandshake.Judge(line, B, A.PublicKey, "stcp", out _));
        Assert.Equal(SettlementReply.InvalidEntry, SettlementHandshake.Judge(line, B, TestKeys.Seeded(4).PublicKey, "stcpr", out _));
        Assert.Equal(SettlementReply.InvalidEntry, SettlementHandshake.Judge(line, TestKeys.Seeded(4), A.PublicKey, "stcpr", out _));
        var random = new Random(11);
        for (var i = 0; i < 300; i++)
        {
            var other = line.ToArray();
            var at = random.Next(other.Length);
            other[at] ^= (byte)random.Next(1, 256);
            var reply = SettlementHandshake.Judge(other, B, A.PublicKey, "stcpr", out var agreed);

            // The label is not signed, hex may be in either case, and a signature of the other edge is replaced by our own.
            Assert.True(reply == SettlementReply.InvalidEntry || agreed!.IsSignedBy(A.PublicKey));
        }
    }

    [Theory]
    [InlineData("automatic", "automatic")]
    [InlineData("skycoin", "skycoin")]
    [InlineData("", "user")]
    [InlineData("a b", "user")]
    [InlineData("x\u001b[2J", "user")]
    public void Judge_Label_IsAdoptedWhenPlain(string sent, string adopted)
    {
        var offer = SettlementHandshake.Offer(A, B.PublicKey, "stcpr", sent);
        Assert.Equal(SettlementReply.Accepted, SettlementHandshake.Judge(SettlementHandshake.Line(offer), B, A.PublicKey, "stcpr", out var agreed));
        Assert.Equal(adopted, agreed!.Entry.Label);
    }

    [Fact]
    public void BothRoles_AgainstEachOther_AgreeAndLeaveTheStreamToPackets() => SimulationRun.Execute(1, async sim =>
    {
        var (left, right) = MemoryNetwork.CreatePair(1);
        var responding = SettlementHandshake.RespondAsync(new TransportLink(right, A.PublicKey), B, "stcpr", Accept, sim.Time, CancellationToken.None);
        var initiated = await SettlementHandshake.InitiateAsync(new TransportLink(left, B.PublicKey), A, "stcpr", "automatic", sim.Time, CancellationToken.None);
        var agreed = await responding;
        Assert.Equal(initiated, agreed.Entry);
        await right.WriteAsync(new byte[] { 7 }, CancellationToken.None);
        var next = new byte[4];
        Assert.Equal(1, await left.ReadAsync(next, CancellationToken.None));
        Assert.Equal(7, next[0]);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Initiate_OtherReply_IsRefused(byte reply) => SimulationRun.Execute(1, async sim =>
    {
        var (left, right) = MemoryNetwork.CreatePair(1);
        var initiating = SettlementHandshake.InitiateAsync(new TransportLink(left, B.PublicKey), A, "stcpr", "user", sim.Time, CancellationToken.None);
        await right.WriteAsync(new[] { reply }, CancellationToken.None);
        Assert.Equal(ProtocolError.SettlementRefused, (await Assert.ThrowsAsync<ProtocolException>(() => initiating)).Error);
    });

    [Fact]
    public void Respond_BadEntry_AnswersThree() => SimulationRun.Execute(1, async sim =>
    {
        var (left, right) = MemoryNetwork.CreatePair(1);
        var responding = SettlementHandshake.RespondAsync(new TransportLink(right, A.PublicKey), B, "stcp", Accept, sim.Time, CancellationToken.None);
        await left.WriteAsync(Recorded("settlement_transcript"), CancellationToken.None);
        var reply = new byte[2];
        Assert.Equal(1, await left.ReadAsync(reply, CancellationToken.None));
        Assert.Equal(3, reply[0]);
        Assert.Equal(ProtocolError.BadSettlement, (await Assert.ThrowsAsync<ProtocolException>(() => responding)).Error);
    });

    [Fact]
    public void Respond_NotAllowed_ClosesWithoutAnAnswer() => SimulationRun.Execute(1, async sim =>
    {
        var (left, right) = MemoryNetwork.CreatePair(1);
        var responding = SettlementHandshake.RespondAsync(new TransportLink(right, A.PublicKey), B, "stcpr", _ => ValueTask.FromResult(false), sim.Time, CancellationToken.None);
        await left.WriteAsync(Recorded("settlement_transcript"), CancellationToken.None);
        Assert.Equal(ProtocolError.DuplicateTransport, (await Assert.ThrowsAsync<ProtocolException>(() => responding)).Error);
        await Assert.ThrowsAnyAsync<IOException>(async () => await left.ReadAsync(new byte[1], CancellationToken.None));
    });

    [Fact]
    public void BothRoles_SilentPeer_EndAfterTwentySeconds() => SimulationRun.Execute(1, async sim =>
    {
        var (left, right) = MemoryNetwork.CreatePair(1);
        var responding = SettlementHandshake.RespondAsync(new TransportLink(right, A.PublicKey), B, "stcpr", Accept, sim.Time, CancellationToken.None);
        Assert.Equal(ProtocolError.HandshakeTimeout, (await Assert.ThrowsAsync<ProtocolException>(() => responding)).Error);
        Assert.Equal(TimeSpan.FromSeconds(20), sim.Time.Elapsed);
        var (other, _) = MemoryNetwork.CreatePair(1);
        var initiating = SettlementHandshake.InitiateAsync(new TransportLink(other, B.PublicKey), A, "stcpr", "user", sim.Time, CancellationToken.None);
        Assert.Equal(ProtocolError.HandshakeTimeout, (await Assert.ThrowsAsync<ProtocolException>(() => initiating)).Error);
        Assert.Equal(TimeSpan.FromSeconds(40), sim.Time.Elapsed);
        left.Abort();
    });

    private static ValueTask<bool> Accept(CancellationToken cancellationToken) => ValueTask.FromResult(true);
}
