// What the board service asks of the visor; the visor's own program fills it.
namespace Skywire.Boards.Running;

/// <summary>The visor's account of itself.</summary>
/// <param name="State">Its word: booting, no_link, linked, joined, traffic or attention.</param>
/// <param name="Reason">Why.</param>
/// <param name="PublicKey">Its key.</param>
/// <param name="Box">The box it is in; null outside of any.</param>
/// <param name="UpdatePhase">What its update client is doing, its word; "" for nothing.</param>
public sealed record MeshStatus(string State, string Reason, string PublicKey, MeshBox? Box, string UpdatePhase = "");

/// <summary>The box a visor is in.</summary>
/// <param name="MeshName">Its name.</param>
/// <param name="IsJoined">The serving board answered.</param>
/// <param name="Members">Boards seen, this one included.</param>
/// <param name="Server">Name or address of the serving board; "" while there is none.</param>
/// <param name="IsServing">This board serves.</param>
/// <param name="Reason">Why it is not joined; "" when it is.</param>
public sealed record MeshBox(string MeshName, bool IsJoined, int Members, string Server, bool IsServing, string Reason);

/// <summary>Asks the visor.</summary>
public interface IMeshStatusSource
{
    /// <summary>Its status; null with a reason when it does not run, or does not answer in time. Never throws but for cancellation.</summary>
    Task<(MeshStatus? Status, string Fault)> AskAsync(CancellationToken cancellationToken);
}
