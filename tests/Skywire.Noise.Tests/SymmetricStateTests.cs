using System.Text;
using Skywire.Testing;

namespace Skywire.Noise.Tests;

public sealed class SymmetricStateTests
{
    [Theory]
    [InlineData("XK")]
    [InlineData("KK")]
    public void Mix_TraceOfReference_GivesSameStates(string pattern)
    {
        var vector = NoiseVector.Load(pattern);
        using var state = new SymmetricState(Encoding.ASCII.GetBytes(vector.Json.Text("protocol_name_ascii")));
        var steps = 0;
        foreach (var step in vector.Json.GetProperty("initiator_state_trace").EnumerateArray())
        {
            if (!step.TryGetProperty("op", out var op))
            {
                continue;
            }

            switch (op.GetString())
            {
                case "Init":
                    break;
                case "MixHash":
                    state.MixHash(step.Hex("input"));
                    break;
                case "MixKey":
                    state.MixKey(step.Hex("input"));
                    break;
                default:
                    Assert.Fail("unknown step " + op);
                    break;
            }

            Assert.Equal(step.Text("h"), Convert.ToHexStringLower(state.Hash));
            Assert.Equal(step.Text("ck"), Convert.ToHexStringLower(state.ChainingKey));
            steps++;
        }

        Assert.True(steps >= 12);
    }

    [Fact]
    public void Dispose_Always_WipesTheChainingKey()
    {
        var state = new SymmetricState("Noise_KK_Secp256k1_ChaChaPoly_SHA256"u8);
        state.MixKey([1, 2, 3]);
        state.Dispose();
        Assert.Equal(new byte[SymmetricState.HashSize], state.ChainingKey.ToArray());
    }
}
