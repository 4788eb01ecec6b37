using Skywire.Crypto;
using Skywire.Discovery.Box;
using Skywire.Testing;
using Xunit;

namespace Skywire.Discovery.Tests.Box;

public sealed class BoxPartsTests
{
    [Fact]
    public void TryParse_SecretFile_GivesTheSameIdentitiesToEveryMember()
    {
        var text = new string('a', 64);
        Assert.True(BoxSecret.TryParse(text, out var one));
        Assert.True(BoxSecret.TryParse($"\n {text.ToUpperInvariant()} \n", out var two));
        Assert.Equal(one!.SetupNode.PublicKey, two!.SetupNode.PublicKey);
        Assert.Equal(one.DmsgServer.PublicKey, two.DmsgServer.PublicKey);
        Assert.NotEqual(one.SetupNode.PublicKey, one.DmsgServer.PublicKey);
        Assert.NotEqual(one.MeshId.ToArray(), BoxWorld.Secret.MeshId.ToArray());
        one.Dispose();
        two.Dispose();
    }

    // Fixed for ever: boards of different releases must agree. HKDF-SHA256, salt "skyminer box keys 1", computed apart with Python's hmac.
    [Fact]
    public void MeshId_KnownSecret_IsTheKnownOne()
    {
        Assert.True(BoxSecret.TryParse(string.Concat(Enumerable.Range(0, 32).Select(i => i.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))), out var box));
        Assert.Equal(Expected.MeshId, Convert.ToHexStringLower(box!.MeshId));
        Assert.Equal(Expected.BeaconKey, Convert.ToHexStringLower(box.BeaconKey));
        Span<byte> secret = stackalloc byte[32];
        box.SetupNode.Export(secret);
        Assert.Equal(Expected.SetupNode, Convert.ToHexStringLower(secret));
        box.DmsgServer.Export(secret);
        Assert.Equal(Expected.DmsgServer, Convert.ToHexStringLower(secret));
        box.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("zz")]
    public void TryParse_NoSecret_IsFalse(string text) => Assert.False(BoxSecret.TryParse(text + new string('z', 64 - text.Length), out _));

    [Fact]
    public void View_HeardOnAirAndWire_WireComesFirstAndCountsFromItsFirstBeacon()
    {
        var air = new System.Net.IPEndPoint(System.Net.IPAddress.Parse("192.0.2.1"), 7946);
        var wire = new System.Net.IPEndPoint(System.Net.IPAddress.Parse("fe80::9%3"), 7946);
        var beacon = new Beacon { Key = SecKey.Generate(new SeededEntropy(5)).PublicKey };
        var entry = new MemberEntry(beacon, default, TimeSpan.Zero);
        entry.Hear(beacon, air, onAir: true, TimeSpan.Zero);
        Assert.Null(entry.View(TimeSpan.Zero).OnWire);
        Assert.Equal([air.Address], entry.View(TimeSpan.Zero).OnAir);

        // Though an IPv4 address of the air is the better form, the wire goes first.
        for (var s = 10; s <= 40; s += 5)
        {
            entry.Hear(beacon, air, onAir: true, TimeSpan.FromSeconds(s));
            entry.Hear(beacon, wire, onAir: false, TimeSpan.FromSeconds(s));
        }

        var both = entry.View(TimeSpan.FromSeconds(40));
        Assert.Equal([wire.Address, air.Address], both.Addresses);
        Assert.Equal([air.Address], both.OnAir);
        Assert.Equal(TimeSpan.FromSeconds(30), both.OnWire);

        // The cable is pulled: after the life of an address the wire is no way any more, and a new one counts anew.
        entry.Hear(beacon, air, onAir: true, TimeSpan.FromSeconds(61));
        Assert.Null(entry.View(TimeSpan.FromSeconds(61)).OnWire);
        Assert.Equal([air.Address], entry.View(TimeSpan.FromSeconds(61)).Addresses);
        entry.Hear(beacon, wire, onAir: false, TimeSpan.FromSeconds(62));
        Assert.Equal(TimeSpan.Zero, entry.View(TimeSpan.FromSeconds(62)).OnWire);
    }

    [Fact]
    public void Mark_CountersInAnyOrder_CountOnce()
    {
        var window = default(SequenceWindow);
        foreach (var counter in new ulong[] { 5, 3, 4, 70, 7, 69 })
        {
            Assert.True(window.IsNew(counter));
            window.Mark(counter);
            Assert.False(window.IsNew(counter));
        }

        Assert.False(window.IsNew(6)); // 64 behind the highest: too old to know
        Assert.True(window.IsNew(8));
        window.Mark(ulong.MaxValue);
        Assert.False(window.IsNew(70));
        Assert.True(window.IsNew(ulong.MaxValue - 63));
    }

    [Theory]
    [InlineData(2, 8)]
    [InlineData(9, 8)]
    [InlineData(10, 8)]
    [InlineData(40, 8)]
    [InlineData(200, 6)]
    public void Of_AnySize_ConnectsAllWithinTheLimit(int members, int limit)
    {
        var entropy = new SeededEntropy(members);
        var keys = Enumerable.Range(0, members).Select(_ => SecKey.Generate(entropy).PublicKey).ToList();
        var links = keys.ToDictionary(k => k, _ => new HashSet<PubKey>());
        foreach (var key in keys)
        {
            foreach (var other in NeighbourPlan.Of(key, keys, limit))
            {
                Assert.NotEqual(key, other);
                links[key].Add(other);
                links[other].Add(key);
            }
        }

        Assert.All(links.Values, l => Assert.InRange(l.Count, 1, limit));

        // Whole even when any one member is gone.
        var without = members > 2 ? keys[0] : default;
        var reached = new HashSet<PubKey> { keys[1] };
        var open = new Queue<PubKey>(reached);
        while (open.TryDequeue(out var at))
        {
            foreach (var next in links[at].Where(n => n != without && reached.Add(n)))
            {
                open.Enqueue(next);
            }
        }

        Assert.Equal(without.IsNull ? members : members - 1, reached.Count);
    }

    [Fact]
    public void Of_SmallBox_EachPairHasOneDialler()
    {
        var entropy = new SeededEntropy(1);
        var keys = Enumerable.Range(0, 8).Select(_ => SecKey.Generate(entropy).PublicKey).ToList();
        Assert.Equal(8 * 7 / 2, keys.Sum(k => NeighbourPlan.Of(k, keys, 8).Count));
    }

    private static class Expected
    {
        public const string MeshId = "cfea565db54ae90c";

        public const string BeaconKey = "4278e69619b1c5d4bf4aaa65efec670178e247961c7756c63a9470dfbb0da6db";

        public const string SetupNode = "a806c494415eb27fcaafe7632eabc17067c288dad51e648a5dfe44715413527e";

        public const string DmsgServer = "8fc4f24f9e74ca550ea7f9073dead4d28c94bc547a713dd4feb8343570ec9cd3";
    }
}
