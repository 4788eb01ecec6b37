using System.Text.Json;
using Skywire.Crypto;
using Skywire.Dmsg.Objects;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Dmsg.Tests.Objects;

public sealed class StreamObjectTests
{
    private static readonly JsonElement[] Signed = [.. Recorded.Dmsg.GetProperty("signed_objects").EnumerateArray()];

    public static TheoryData<int> Requests => [0, 3, 4];

    [Theory]
    [MemberData(nameof(Requests))]
    public void Request_OfEveryVersion_IsRead(int index)
    {
        var vector = Signed[index];
        Assert.Equal(DmsgErrorCode.None, StreamRequest.TryParse(vector.Hex("signed_object"), out var request));
        var fields = vector.GetProperty("fields");
        Assert.Equal(1700000000123456789, request!.Timestamp);
        using var alice = Recorded.KeyOf("alice");
        Assert.Equal(alice.PublicKey, request.Source.Key);
        Assert.Equal(index == 4, request.IsAddressLookup);
        if (fields.TryGetProperty("NoiseMsg", out var noise))
        {
            Assert.Equal(noise.GetString(), Convert.ToHexStringLower(request.NoiseMessage));
        }
        else
        {
            Assert.Empty(request.NoiseMessage);
        }
    }

    [Fact]
    public void Request_SignedAgain_HasTheReferencesGobByteForByte()
    {
        Assert.Equal(DmsgErrorCode.None, StreamRequest.TryParse(Signed[0].Hex("signed_object"), out var request));
        using var alice = Recorded.KeyOf("alice");
        var signed = request!.Sign(alice);
        Assert.Equal(Signed[0].Text("gob"), Convert.ToHexStringLower(signed.AsSpan(Signature.Size)));
        Assert.Equal(DmsgErrorCode.None, StreamRequest.TryParse(signed, out var again));
        Assert.Equal(request.Destination, again!.Destination);
    }

    [Fact]
    public void Request_InvalidOnes_GiveTheReferencesCodes()
    {
        var count = 0;
        foreach (var invalid in Recorded.Dmsg.GetProperty("signed_objects_invalid").EnumerateArray())
        {
            var code = StreamRequest.TryParse(invalid.Hex("signed_object"), out var request);
            Assert.Equal(invalid.GetProperty("error_code").GetInt32(), (int)code);
            Assert.Null(request);
            count++;
        }

        Assert.Equal(6, count);
    }

    [Theory]
    [InlineData(1, true, 0, 0)]
    [InlineData(2, false, 306, 0)]
    [InlineData(5, true, 0, 4)]
    public void Response_OfEveryVersion_IsRead(int index, bool accepted, int code, int requestIndex)
    {
        var hash = StreamResponse.HashOf(Signed[requestIndex].Hex("signed_object"));
        using var signer = Recorded.KeyOf(Signed[index].Text("signer"));
        Assert.Equal(DmsgErrorCode.None, StreamResponse.TryParse(Signed[index].Hex("signed_object"), hash, signer.PublicKey, out var response));
        Assert.Equal(accepted, response!.Accepted);
        Assert.Equal(code, (int)response.Code);
        Assert.Equal(index == 5, response.Address is not null);
        if (index == 5)
        {
            Assert.Equal("203.0.113.7", new System.Net.IPAddress(response.Address!).MapToIPv4().ToString());
        }
    }

    [Fact]
    public void Response_ForAnotherRequestOrSigner_IsRefused()
    {
        var signed = Signed[1].Hex("signed_object");
        var hash = StreamResponse.HashOf(Signed[0].Hex("signed_object"));
        using var alice = Recorded.KeyOf("alice");
        using var bob = Recorded.KeyOf("bob");
        Assert.Equal(DmsgErrorCode.ResponseHash, StreamResponse.TryParse(signed, new byte[32], bob.PublicKey, out _));
        Assert.Equal(DmsgErrorCode.ResponseSignature, StreamResponse.TryParse(signed, hash, alice.PublicKey, out var response));
        Assert.Null(response);
    }

    [Theory]
    [InlineData(306, 306)]
    [InlineData(401, 401)]
    [InlineData(9999, 352)]
    [InlineData(0, 352)]
    public void Response_Refused_CarriesTheCodeOrTheUnknownOne(int sent, int expected)
    {
        using var bob = Recorded.KeyOf("bob");
        var signed = new StreamResponse(new byte[32], false, (DmsgErrorCode)sent, []).Sign(bob);
        Assert.Equal(DmsgErrorCode.None, StreamResponse.TryParse(signed, new byte[32], bob.PublicKey, out var response));
        Assert.False(response!.Accepted);
        Assert.Equal(expected, (int)response.Code);
    }

    [Fact]
    public void Response_WithAddress_ReadsBack()
    {
        using var key = Recorded.KeyOf("server");
        var signed = new StreamResponse(StreamResponse.HashOf([1]), true, DmsgErrorCode.None, [], [203, 0, 113, 9]).Sign(key);
        Assert.Equal(DmsgErrorCode.None, StreamResponse.TryParse(signed, StreamResponse.HashOf([1]), key.PublicKey, out var response));
        Assert.Equal([203, 0, 113, 9], response!.Address);
    }

    [Fact]
    public void TryParse_CutAtEveryByteAndOneMore_IsNeverValid()
    {
        using var bob = Recorded.KeyOf("bob");
        var request = Signed[0].Hex("signed_object");
        var response = Signed[1].Hex("signed_object");
        var hash = StreamResponse.HashOf(request);
        for (var length = 0; length < request.Length; length++)
        {
            Assert.NotEqual(DmsgErrorCode.None, StreamRequest.TryParse(request.AsSpan(0, length), out _));
        }

        for (var length = 0; length < response.Length; length++)
        {
            Assert.NotEqual(DmsgErrorCode.None, StreamResponse.TryParse(response.AsSpan(0, length), hash, bob.PublicKey, out _));
        }

        // A byte behind the value is ignored by the decoder but signed, so the signature no longer holds.
        Assert.Equal(DmsgErrorCode.RequestSignature, StreamRequest.TryParse([.. request, 0], out _));
        Assert.Equal(DmsgErrorCode.ResponseSignature, StreamResponse.TryParse([.. response, 0], hash, bob.PublicKey, out _));
        Assert.Equal(DmsgErrorCode.Malformed, StreamRequest.TryParse(new byte[SignedObject.MaxSize + 1], out _));
    }

    [Fact]
    public void TryParse_Mutated_IsNeverValid()
    {
        var random = new Random(11);
        var request = Signed[3].Hex("signed_object");
        for (var round = 0; round < 300; round++)
        {
            var bad = (byte[])request.Clone();
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            Assert.NotEqual(DmsgErrorCode.None, StreamRequest.TryParse(bad, out _));
        }
    }

    [Fact]
    public void ErrorCodes_AllOfTheReference_AreKnownAndHaveACause()
    {
        foreach (var code in Recorded.Dmsg.GetProperty("error_codes").EnumerateArray())
        {
            var known = (DmsgErrorCode)code.GetProperty("code").GetInt32();
            Assert.True(Enum.IsDefined(known), known.ToString());
            Assert.NotEqual(ProtocolError.None, known.ToProtocolError());
        }
    }
}
