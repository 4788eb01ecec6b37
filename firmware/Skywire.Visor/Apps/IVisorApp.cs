// What the supervisor needs of an app.
namespace Skywire.Visor.Apps;

/// <summary>One run of an app. Made for each start, disposed after it.</summary>
internal interface IVisorApp : IAsyncDisposable
{
    /// <summary>Connections served at the moment.</summary>
    int Connections { get; }

    /// <summary>Runs until cancelled. Throws with the reason when it cannot start or go on.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
