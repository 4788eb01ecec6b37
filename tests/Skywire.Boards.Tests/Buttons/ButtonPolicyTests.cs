using Skywire.Boards.Buttons;
using Skywire.Testing;

namespace Skywire.Boards.Tests.Buttons;

public sealed class ButtonPolicyTests
{
    private readonly VirtualTime _time = new();
    private readonly ButtonPolicy _button;

    public ButtonPolicyTests() => _button = new ButtonPolicy(_time);

    [Fact]
    public void Edge_ShortPress_ShowsTheStateForAWhile()
    {
        Press(0.3);
        Assert.Equal(ButtonAnswer.State, _button.Answer());
        Wait(11);
        Assert.Equal(ButtonAnswer.State, _button.Answer());
        Wait(1.1);
        Assert.Equal(ButtonAnswer.None, _button.Answer());
        Assert.Equal((1, 0), _button.Count);
    }

    [Fact]
    public void Edge_HeldAndLetGoBeforeTheEnd_WarnsAndForgetsNothing()
    {
        _button.Edge(true);
        Assert.Equal(ButtonAnswer.None, _button.Answer());
        Wait(2.1);
        Assert.Equal(ButtonAnswer.AboutToForget, _button.Answer());
        Wait(4.8);
        Assert.False(_button.TakeForgetOrder());
        _button.Edge(false);
        Assert.Equal(ButtonAnswer.None, _button.Answer());
        Wait(10);
        Assert.False(_button.TakeForgetOrder());
        Assert.Equal((0, 0), _button.Count);
    }

    [Fact]
    public void TakeForgetOrder_HeldLongEnough_OrdersOnceAndStaysConfirmed()
    {
        _button.Edge(true);
        Wait(7);
        Assert.True(_button.TakeForgetOrder());
        Assert.False(_button.TakeForgetOrder());
        _button.Edge(false);
        Assert.Equal(ButtonAnswer.Forgetting, _button.Answer());
        Assert.Equal((0, 1), _button.Count);
    }

    [Fact]
    public void Revoke_WhileStillHeld_DoesNotOrderAgain()
    {
        _button.Edge(true);
        Wait(7);
        Assert.True(_button.TakeForgetOrder());
        _button.Revoke();
        Wait(20);
        Assert.False(_button.TakeForgetOrder());
        Assert.Equal(ButtonAnswer.None, _button.Answer());
        _button.Edge(false);
        Press(0.2);
        Assert.Equal(ButtonAnswer.State, _button.Answer());
    }

    [Fact]
    public void Start_JammedButton_MeansNothingUntilLetGo()
    {
        _button.Start(isDown: true);
        Wait(60);
        Assert.False(_button.TakeForgetOrder());
        Assert.Equal(ButtonAnswer.None, _button.Answer());
        _button.Edge(false);
        Assert.Equal(ButtonAnswer.None, _button.Answer());
        Press(0.2);
        Assert.Equal(ButtonAnswer.State, _button.Answer());
    }

    [Fact]
    public void Edge_RepeatedWithoutRelease_DoesNotStartAnew()
    {
        _button.Edge(true);
        Wait(4);
        _button.Edge(true);
        Wait(3);
        Assert.True(_button.TakeForgetOrder());
    }

    private void Press(double seconds)
    {
        _button.Edge(true);
        Wait(seconds);
        _button.Edge(false);
    }

    private void Wait(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
