using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Routing.Setup;
using Skywire.Testing;

namespace Skywire.Routing.Tests.Setup;

public sealed class CircuitBreakerTests
{
    private static readonly PubKey Visor = SecKey.Generate(new SeededEntropy(1)).PublicKey;

    private readonly VirtualTime _time = new();

    [Fact]
    public void TryEnter_ThreeFailuresInARow_OpensForFiveMinutesThenOneProbe()
    {
        var breaker = new CircuitBreaker(CircuitBreakerOptions.Default, _time);
        Fail(breaker, 3);
        Assert.Null(breaker.TryEnter(Visor));
        _time.Advance(TimeSpan.FromMinutes(5));
        using (var probe = breaker.TryEnter(Visor))
        {
            Assert.NotNull(probe);
            Assert.Null(breaker.TryEnter(Visor));
        }

        // Ended without a verdict: the slot is given back, not leaked.
        using var second = breaker.TryEnter(Visor);
        Assert.NotNull(second);
        second.Succeed();
        using var third = breaker.TryEnter(Visor);
        Assert.NotNull(third);
    }

    [Fact]
    public void TryEnter_ProbeFails_OpensAgain_ResetsAfterHalfAnHour()
    {
        var breaker = new CircuitBreaker(CircuitBreakerOptions.Default, _time);
        Fail(breaker, 3);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            Fail(breaker, 1);
            Assert.Null(breaker.TryEnter(Visor));
        }

        _time.Advance(TimeSpan.FromMinutes(5));
        Fail(breaker, 2);
        Assert.NotNull(breaker.TryEnter(Visor));
    }

    [Fact]
    public void TryEnter_FailuresFarApartOrWithASuccessBetween_StaysClosed()
    {
        var breaker = new CircuitBreaker(CircuitBreakerOptions.Default, _time);
        for (var i = 0; i < 10; i++)
        {
            Fail(breaker, 1);
            _time.Advance(TimeSpan.FromMinutes(3));
        }

        using (var permit = breaker.TryEnter(Visor))
        {
            permit!.Succeed();
        }

        Fail(breaker, 2);
        Assert.NotNull(breaker.TryEnter(Visor));
    }

    [Fact]
    public void DeadPaths_Strikes_DoubleTheHoldUpToEightMinutes()
    {
        var dead = new DeadPaths(_time);
        var path = new PathKey(new TransportId(1), 2);
        Assert.False(dead.IsHeld(path));
        foreach (var seconds in new[] { 60, 120, 240, 480, 480 })
        {
            dead.Add(path);
            _time.Advance(TimeSpan.FromSeconds(seconds - 1));
            Assert.True(dead.IsHeld(path));
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.False(dead.IsHeld(path));
        }

        dead.Add(path);
        dead.Clear(path);
        Assert.False(dead.IsHeld(path));
    }

    private static void Fail(CircuitBreaker breaker, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var permit = breaker.TryEnter(Visor);
            permit!.Fail();
        }
    }
}
