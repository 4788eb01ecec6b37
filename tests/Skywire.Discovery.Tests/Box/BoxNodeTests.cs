using System.Net;
using Skywire.Discovery.Box;
using Xunit;

namespace Skywire.Discovery.Tests.Box;

public sealed class BoxNodeTests
{
    private static readonly IPEndPoint Outsider = new(IPAddress.Parse("192.0.2.200"), 7946);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 5)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Tick_BoardsSwitchedOnTogether_LowestKeyServes(int seed)
    {
        var world = new BoxWorld(seed).With(5);
        world.Boards.ForEach(b => b.On());
        Assert.InRange(world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 10), 2, 4);
        Assert.Equal(world.Boards[0], world.Serving);
        world.Run(60);
        Assert.True(BoxWorld.IsSettled(world.Boards));
        Assert.All(world.Boards, b => Assert.Equal(1UL, b.Node!.Term));
        Assert.All(world.Boards, b => Assert.Equal(4, b.Node!.Members(world.Now).Count));
    }

    [Fact]
    public void Tick_Alone_Serves()
    {
        var world = new BoxWorld(1).With(1);
        world.Boards[0].On();
        world.RunUntil(() => world.Boards[0].Node!.Role == BoxRole.Serving, 5);
        Assert.True(world.Boards[0].Node!.Serving()!.IsSelf);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Tick_LateLowerKey_DoesNotUsurp(int seed)
    {
        var world = new BoxWorld(seed).With(4);
        world.Boards.Skip(1).ToList().ForEach(b => b.On());
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 10);
        world.Run(20);
        world.Boards[0].On();
        Assert.InRange(world.RunUntil(() => world.Boards[0].Node!.Role == BoxRole.Following, 3), 0, 2);
        world.Run(60);
        Assert.True(BoxWorld.IsSettled(world.Boards));
        Assert.Equal(world.Boards[1], world.Serving);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Tick_ServingBoardLosesPower_NextLowestTakesOver(int seed)
    {
        var world = new BoxWorld(seed).With(4);
        world.Boards.ForEach(b => b.On());
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 10);
        world.Run(30);
        world.Boards[0].Off();
        Assert.InRange(world.RunUntil(() => BoxWorld.IsSettled(world.Boards) && world.Serving != world.Boards[0], 15), 3, 9);
        Assert.Equal(world.Boards[1], world.Serving);
        Assert.Equal(2UL, world.Boards[3].Node!.Serving()!.Term);

        world.Boards[0].On();
        world.Run(30);
        Assert.True(BoxWorld.IsSettled(world.Boards));
        Assert.Equal(world.Boards[1], world.Serving);
    }

    [Fact]
    public void Tick_ServingBoardStopsInOrder_NextTakesOverAtOnce()
    {
        var world = new BoxWorld(3).With(3);
        world.Boards.ForEach(b => b.On());
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 10);
        world.Run(20);
        world.Boards[0].Leave();
        Assert.InRange(world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 5), 0, 1);
        Assert.Equal(world.Boards[1], world.Serving);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Tick_TwoLowestLosePowerTogether_ThirdTakesOver(int seed)
    {
        var world = new BoxWorld(seed).With(4);
        world.Boards.ForEach(b => b.On());
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 10);
        world.Run(30);
        world.Boards[0].Off();
        world.Boards[1].Off();
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 25);
        Assert.Equal(world.Boards[2], world.Serving);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Tick_SplitHalvesMeetAgain_SettleOnTheOneThatServedLonger(int seed)
    {
        var world = new BoxWorld(seed).With(6);
        world.Boards.ForEach(b => b.On());
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 10);
        world.Run(20);
        var half = world.Boards.Take(3).ToHashSet();
        world.IsCut = (a, b) => half.Contains(a) != half.Contains(b);
        world.RunUntil(() => BoxWorld.IsSettled(half) && BoxWorld.IsSettled(world.Boards.Except(half)), 20);
        world.Run(30);
        Assert.Equal(2, world.Boards.Count(b => b.Node!.Role == BoxRole.Serving));

        world.IsCut = static (_, _) => false;
        Assert.InRange(world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 20), 0, 8);
        Assert.Equal(world.Boards[0], world.Serving);
        world.Run(60);
        Assert.True(BoxWorld.IsSettled(world.Boards));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Tick_YoungerHalfHasTheLowerKey_OlderHalfKeepsServing(int seed)
    {
        var world = new BoxWorld(seed).With(4);
        var late = world.Boards.Take(2).ToHashSet();
        world.IsCut = (a, b) => late.Contains(a) != late.Contains(b);
        world.Boards.Skip(2).ToList().ForEach(b => b.On());
        world.Run(60);
        late.ToList().ForEach(b => b.On());
        world.Run(20);
        world.IsCut = static (_, _) => false;
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 20);
        Assert.Equal(world.Boards[2], world.Serving);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Tick_ManyLonelyBoardsMeet_SettleOnOne(int seed)
    {
        var world = new BoxWorld(seed).With(7);
        var open = false;
        world.IsCut = (_, _) => !open;
        for (var i = 0; i < world.Boards.Count; i++)
        {
            // Ages around the limit within which boards count as equally old.
            world.Boards[(i * 3) % 7].On();
            world.Run(1.7);
        }

        world.Run(10);
        Assert.All(world.Boards, b => Assert.Equal(BoxRole.Serving, b.Node!.Role));
        open = true;
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 30);
        world.Run(40);
        Assert.True(BoxWorld.IsSettled(world.Boards));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Tick_LossyWire_SettlesAndStays(int seed)
    {
        var world = new BoxWorld(seed, loss: 0.25).With(5);
        world.Boards.ForEach(b => b.On());
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 30);
        var claims = world.Boards.Max(b => b.Node!.Term);
        world.Run(150);
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 20);
        Assert.InRange(world.Boards.Max(b => b.Node!.Term), claims, claims + 2);
    }

    [Fact]
    public void Tick_LowestCannotServe_NextServesAndIsNotDisturbed()
    {
        var world = new BoxWorld(5).With(3);
        world.Boards[0].IsBroken = true;
        world.Boards.ForEach(b => b.On());
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 15);
        Assert.Equal(world.Boards[1], world.Serving);
        world.Run(90);
        Assert.Equal(world.Boards[1], world.Serving);
    }

    [Fact]
    public void Tick_LowestShallNotServe_IsPassedOver()
    {
        var world = new BoxWorld(6).With(3);
        world.Boards[0].On(BoxOptions.Default with { MayServe = false });
        world.Boards.Skip(1).ToList().ForEach(b => b.On());
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 10);
        Assert.Equal(world.Boards[1], world.Serving);
    }

    [Fact]
    public void Tick_LowerKeyIsDeaf_TheOtherGivesWay()
    {
        var world = new BoxWorld(7).With(2);
        world.IsCut = (_, to) => to == world.Boards[0];
        world.Boards[1].On();
        world.Boards[0].On();
        world.Run(30);

        // A board that never answers a question is not believed to be there: both serve, each alone.
        Assert.All(world.Boards, b => Assert.Equal(BoxRole.Serving, b.Node!.Role));
        Assert.All(world.Boards, b => Assert.Empty(b.Node!.Members(world.Now)));

        world.IsCut = static (_, _) => false;
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 20);

        // Deafness that begins later: the deaf one loses the other and serves; the other hears it and gives way.
        var (serving, other) = (world.Serving, world.Boards.Single(b => b.Node!.Role == BoxRole.Following));
        world.IsCut = (_, to) => to == other;
        world.Run(20);
        Assert.Contains(world.Boards, b => b.Node!.Role == BoxRole.Serving);
        world.IsCut = static (_, _) => false;
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 20);
        Assert.NotNull(serving);
    }

    [Fact]
    public void Receive_RecordingOfAnEarlierLife_ChangesNothing()
    {
        var world = new BoxWorld(8).With(3);
        world.Boards.ForEach(b => b.On());
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 10);
        world.Run(10);
        var (victim, listener) = (world.Boards[0], world.Boards[2]);
        var recorded = world.Recorded.Where(r => r.Source.Equals(victim.Address)).ToList();
        victim.Off();
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 20);
        world.Run(30);

        // The whole earlier life of the board that is switched off is played to a member that has long forgotten it.
        Assert.DoesNotContain(listener.Node!.Members(world.Now), m => m.Key == victim.Key.PublicKey);
        var before = listener.Node.Refusals;
        var answered = world.Recorded.Count;
        foreach (var (bytes, _) in recorded)
        {
            BoxWorld.Inject(listener, bytes, Outsider);
        }

        Assert.DoesNotContain(listener.Node.Members(world.Now), m => m.Key == victim.Key.PublicKey);
        Assert.True(BoxWorld.IsSettled(world.Boards));
        Assert.Equal(recorded.Count, Grown(listener, before, BeaconRefusal.Unconfirmed) + Grown(listener, before, BeaconRefusal.Throttled));
        Assert.InRange(world.Recorded.Count - answered, 1, BoxOptions.Default.RepliesPerSecond);

        foreach (var (bytes, _) in recorded)
        {
            BoxWorld.Inject(listener, bytes, Outsider);
        }

        Assert.Equal(recorded.Count, Grown(listener, before, BeaconRefusal.Replay));
    }

    [Fact]
    public void Receive_RecordingWithinALife_IsCountedOnce()
    {
        var world = new BoxWorld(9).With(2);
        world.Boards.ForEach(b => b.On());
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 10);
        var before = world.Boards[1].Node!.Refusals;
        var (bytes, source) = world.Recorded.Last(r => r.Source.Equals(world.Boards[0].Address));
        world.Run(1);
        BoxWorld.Inject(world.Boards[1], bytes, source);
        Assert.Equal(1, Grown(world.Boards[1], before, BeaconRefusal.Replay));
    }

    [Fact]
    public void Receive_NeighboursBox_IsNotMixedUp()
    {
        var world = new BoxWorld(10).With(1);
        world.Boards[0].On();
        world.Run(5);
        using var other = BoxWorld.SecretOf(2);
        using var key = Crypto.SecKey.Generate(Crypto.SystemEntropy.Instance);
        var stranger = new BoxNode(BoxOptions.Default, key, other, () => new BoxSelf("stranger", 1, 0, []), Crypto.SystemEntropy.Instance);
        BoxWorld.Inject(world.Boards[0], stranger.Compose(default, world.Now), Outsider);
        Assert.Equal(1, world.Boards[0].Node!.Refusals[BeaconRefusal.OtherBox]);
        Assert.Empty(world.Boards[0].Node!.Members(world.Now));
    }

    [Fact]
    public void Receive_CopiedCard_IsCounted()
    {
        var world = new BoxWorld(11).With(1);
        world.Boards[0].On();
        world.Run(5);
        var twin = new BoxNode(BoxOptions.Default, world.Boards[0].Key, BoxWorld.Secret, () => new BoxSelf("twin", 1, 0, []), Crypto.SystemEntropy.Instance);
        BoxWorld.Inject(world.Boards[0], twin.Compose(default, world.Now), Outsider);
        Assert.Equal(1, world.Boards[0].Node!.Refusals[BeaconRefusal.OwnKey]);
    }

    [Fact]
    public void Receive_RebootedMember_IsKnownAgainAtOnce()
    {
        var world = new BoxWorld(12).With(3);
        world.Boards.ForEach(b => b.On());
        world.RunUntil(() => BoxWorld.IsSettled(world.Boards), 10);
        world.Run(10);
        var before = world.Boards[0].Node!.Members(world.Now).Single(m => m.Key == world.Boards[2].Key.PublicKey).Boot;
        world.Boards[2].Off();
        world.Boards[2].On();
        world.RunUntil(() => world.Boards[0].Node!.Members(world.Now).Single(m => m.Key == world.Boards[2].Key.PublicKey).Boot != before, 1);
        Assert.Equal(world.Boards[0], world.Serving);
    }

    private static long Grown(BoxWorld.Board board, IReadOnlyDictionary<BeaconRefusal, long> before, BeaconRefusal refusal) =>
        board.Node!.Refusals[refusal] - before[refusal];
}
