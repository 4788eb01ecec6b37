// Every asynchronous test gets a deadline; none sleeps.
namespace Skywire.Testing;

/// <summary>Base of asynchronous tests: a token that fires at the deadline.</summary>
public abstract class TestBase : IDisposable
{
    // Against a hang, not a measure: some tests start the whole program six times, and the machine may have other work.
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(3));

    /// <summary>Cancelled when the test has used up its time.</summary>
    protected CancellationToken Deadline => _deadline.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the deadline.</summary>
    protected virtual void Dispose(bool disposing) => _deadline.Dispose();
}
