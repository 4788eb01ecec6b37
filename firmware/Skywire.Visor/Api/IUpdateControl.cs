// What the local API can see and do of the updates of the board's system.
using Skywire.Update.History;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Api;

/// <summary>Updates as an operator meets them. What cannot be done is a <see cref="ControlException"/> with the refusal's word, cause and remedy.</summary>
internal interface IUpdateControl
{
    /// <summary>The picture of now.</summary>
    UpdateView View();

    /// <summary>What happened, oldest first. Throws <see cref="IOException"/>.</summary>
    IReadOnlyList<HistoryEntry> History();

    /// <summary>Looks at the feed, and ends with what was found.</summary>
    Task<UpdateView> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Begins to install and returns at once; the view's order says how it ended.</summary>
    UpdateView Install(InstallUpdateRequest request);

    /// <summary>Goes back to the other slot; ends with the restart asked for.</summary>
    Task<UpdateView> RollbackAsync(CancellationToken cancellationToken);

    /// <summary>Ends a download or a wait. What was downloaded is kept.</summary>
    UpdateView Cancel();
}
