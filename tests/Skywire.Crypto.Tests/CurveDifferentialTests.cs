// A million random cases against two independent implementations: big integers and BouncyCastle.
using System.Numerics;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math.EC;
using Skywire.Testing;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;
using BouncyInteger = Org.BouncyCastle.Math.BigInteger;

namespace Skywire.Crypto.Tests;

/// <summary>
/// With SKYWIRE_TEST_LONG=1 these are 10^6 cases: field and scalar arithmetic, which everything rests on, carries nine tenths of them, because the
/// oracles take a microsecond for a product but a millisecond for a whole operation. Without it, a fiftieth.
/// </summary>
[Trait("Category", "Slow")]
public sealed class CurveDifferentialTests
{
    private static readonly ECCurve Bouncy = CustomNamedCurves.GetByName("secp256k1").Curve;
    private static readonly BouncyInteger BouncyOrder = new(1, ToBytes(N));

    private static BigInteger Value(in FieldElement a) => a.N0 + ((BigInteger)a.N1 << 52) + ((BigInteger)a.N2 << 104) + ((BigInteger)a.N3 << 156) + ((BigInteger)a.N4 << 208);

    private static byte[] Bytes(FieldElement a)
    {
        a.Normalize();
        var bytes = new byte[32];
        a.Write(bytes);
        return bytes;
    }

    private static byte[] Bytes(in Scalar a)
    {
        var bytes = new byte[32];
        a.Write(bytes);
        return bytes;
    }

    // 450,000 cases in long mode, three operations each third.
    [Fact]
    public void Field_RandomChains_MatchBothOracles()
    {
        var entropy = new SeededEntropy(51);
        FieldElement.TryRead(ToBytes(entropy.Number(P)), out var a);
        for (var i = 0; i < Cases.Count(3000); i++)
        {
            // The chain feeds unreduced results back in, so that inputs come as they do in use.
            FieldElement.TryRead(ToBytes(entropy.Number(P)), out var b);
            FieldElement.Multiply(in a, in b, out var product);
            FieldElement.Square(in product, out var square);
            FieldElement.AddNegative(in square, in a, 1, out var difference);
            BigInteger va = Value(in a), vb = Value(in b), vp = Value(in product), vs = Value(in square);
            Assert.Equal(va * vb % P, vp % P);
            Assert.Equal(vp * vp % P, vs % P);
            Assert.Equal(Mod(vs - va, P), Value(in difference) % P);
            if (i % 8 == 0)
            {
                ECFieldElement oa = Bouncy.FromBigInteger(new(1, Bytes(a))), ob = Bouncy.FromBigInteger(new(1, Bytes(b)));
                var op = oa.Multiply(ob);
                Assert.Equal(op.GetEncoded(), Bytes(product));
                Assert.Equal(op.Square().GetEncoded(), Bytes(square));
                Assert.Equal(op.Square().Subtract(oa).GetEncoded(), Bytes(difference));
            }

            FieldElement.Multiply(in difference, in product, out a);
        }
    }

    // 400,000 cases in long mode, two operations each half.
    [Fact]
    public void Scalar_RandomChains_MatchBothOracles()
    {
        var entropy = new SeededEntropy(52);
        Scalar.Read(ToBytes(entropy.Number(N)), out var a);
        for (var i = 0; i < Cases.Count(4000); i++)
        {
            Scalar.Read(ToBytes(entropy.Number(N)), out var b);
            Scalar.Multiply(in a, in b, out var product);
            Scalar.Add(in product, in a, out var sum);
            byte[] ba = Bytes(in a), bb = Bytes(in b);
            BigInteger va = FromBytes(ba), expected = va * FromBytes(bb) % N;
            Assert.Equal(expected, FromBytes(Bytes(in product)));
            Assert.Equal((expected + va) % N, FromBytes(Bytes(in sum)));
            if (i % 8 == 0)
            {
                var op = new BouncyInteger(1, ba).Multiply(new(1, bb)).Mod(BouncyOrder);
                Assert.Equal(op, new BouncyInteger(1, Bytes(in product)));
                Assert.Equal(op.Add(new(1, ba)).Mod(BouncyOrder), new BouncyInteger(1, Bytes(in sum)));
            }

            a = sum;
        }
    }

    // 100,000 cases in long mode: both inversions of both moduli.
    [Fact]
    public void Inversions_RandomValues_GiveOneAndAgree()
    {
        var entropy = new SeededEntropy(53);
        for (var i = 0; i < Cases.Count(500); i++)
        {
            var value = 1 + entropy.Number(N - 1);
            FieldElement.TryRead(ToBytes(value), out var field);
            FieldElement.Invert(in field, out var constantField);
            FieldElement.InvertVartime(in field, out var variableField);
            Assert.Equal(1, value * Value(in constantField) % P);
            Assert.Equal(Value(in constantField), Value(in variableField));
            Scalar.Read(ToBytes(value), out var scalar);
            Scalar.Invert(in scalar, out var constantScalar);
            Scalar.InvertVartime(in scalar, out var variableScalar);
            Assert.Equal(1, value * FromBytes(Bytes(in constantScalar)) % N);
            Assert.Equal(FromBytes(Bytes(in constantScalar)), FromBytes(Bytes(in variableScalar)));
            if (i % 8 == 0)
            {
                Assert.Equal(new BouncyInteger(1, ToBytes(value)).ModInverse(BouncyOrder), new BouncyInteger(1, Bytes(in constantScalar)));
                Assert.Equal(Bouncy.FromBigInteger(new(1, ToBytes(value))).Invert().GetEncoded(), Bytes(constantField));
            }
        }
    }

    // 50,000 cases in long mode, five a key pair: our own operations against each other, every twentieth also against the oracles' products.
    [Fact]
    public void Operations_RandomKeys_AgreeWithEachOtherAndBouncyCastle()
    {
        var entropy = new SeededEntropy(54);
        for (var i = 0; i < Cases.Count(200); i++)
        {
            BigInteger a = 1 + entropy.Number(N - 1), b = 1 + entropy.Number(N - 1);
            Assert.True(SecKey.TryParse(ToBytes(a), out var first));
            Assert.True(SecKey.TryParse(ToBytes(b), out var second));
            using (first)
            using (second)
            {
                byte[] mine = new byte[33], theirs = new byte[33];
                Ecdh.Multiply(first!.Bytes, second!.PublicKey, mine);
                Ecdh.Multiply(second.Bytes, first.PublicKey, theirs);
                Assert.Equal(mine, theirs);
                var digest = entropy.Bytes(32);
                var signature = Ecdsa.SignUnchecked(first.Bytes, digest);
                Assert.True(signature.Verify(first.PublicKey, digest));

                // The random numbers favour edges: now and then both keys are the same.
                Assert.Equal(a == b, signature.Verify(second.PublicKey, digest));
                if (i % 20 == 0)
                {
                    Assert.Equal(Compress(Multiply(a * b, G)!.Value), mine);
                    Assert.Equal(Compress(Multiply(a, G)!.Value), first.PublicKey.ToBytes());
                    using var platform = PlatformCurve.Ecdsa(first);
                    var bytes = new byte[65];
                    signature.CopyTo(bytes);
                    Assert.True(platform.VerifyHash(digest, bytes.AsSpan(0, 64)));
                    Assert.Equal(PlatformCurve.Agree(first, second.PublicKey), mine[1..]);
                }
            }
        }
    }
}
