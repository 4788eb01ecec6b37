// The visor's local API of an emulated board, over the ssh connection that is open anyway: asking costs the board no program start.
using System.Text.Json;
using Skywire.Workbench.Lab;

namespace Skywire.Workbench.Emulation;

/// <summary>Asks one board's visor.</summary>
internal sealed class VisorApi : IDisposable
{
    private readonly BoardClient _client;

    private VisorApi(BoardClient client) => _client = client;

    /// <summary>Opens the way to the visor's socket.</summary>
    public static async Task<VisorApi> OpenAsync(EmulatedBoard board, BoardShell shell, CancellationToken cancellationToken)
    {
        var plan = new BoardPlan(board.Name, "127.0.0.1", null, board.SocketFolder, board.PagePort);
        await shell.ForwardSocketAsync(plan.Socket, "/run/skywire/skywire.sock", cancellationToken);
        return new VisorApi(new BoardClient(plan));
    }

    /// <summary>GET; null when the visor does not answer.</summary>
    public Task<JsonElement?> TryGetAsync(string path, CancellationToken cancellationToken) => _client.TryGetAsync(path, cancellationToken);

    /// <summary>POST; an error answer becomes an error with the board's own words.</summary>
    public Task<JsonElement> PostAsync(string path, string json, CancellationToken cancellationToken) => _client.PostAsync(path, json, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
