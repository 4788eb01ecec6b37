// Talks to a visor's local API over its unix socket: the same calls the command line makes.
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Skywire.Workbench.Lab;

/// <summary>Calls one board. The socket is a file, so namespaces are no obstacle.</summary>
internal sealed class BoardClient(BoardPlan board) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, token) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(board.Socket), token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://localhost/api/v1/"),
        Timeout = TimeSpan.FromSeconds(40),
    };

    /// <summary>GET; null when the board does not answer.</summary>
    public async Task<JsonElement?> TryGetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var reply = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            return reply.IsSuccessStatusCode ? JsonDocument.Parse(await reply.Content.ReadAsByteArrayAsync(cancellationToken)).RootElement : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>POST with a JSON body; an error answer becomes an error with the board's own words.</summary>
    public async Task<JsonElement> PostAsync(string path, string json, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new StringContent(json, Encoding.UTF8, "application/json");
            using var reply = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
            var text = await reply.Content.ReadAsStringAsync(cancellationToken);
            return reply.IsSuccessStatusCode
                ? JsonDocument.Parse(text.Length == 0 ? "{}" : text).RootElement
                : throw new WorkbenchException($"board {board.Name} refused {path}: {text}", $"tools/skyminer logs {board.Name}");
        }
        catch (HttpRequestException e)
        {
            throw new WorkbenchException($"board {board.Name} does not answer: {e.Message}", $"tools/skyminer logs {board.Name}");
        }
    }

    /// <summary>DELETE; an error answer becomes an error with the board's own words.</summary>
    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var reply = await _http.DeleteAsync(new Uri(path, UriKind.Relative), cancellationToken);
            if (!reply.IsSuccessStatusCode)
            {
                throw new WorkbenchException($"board {board.Name} refused {path}: {await reply.Content.ReadAsStringAsync(cancellationToken)}", $"tools/skyminer logs {board.Name}");
            }
        }
        catch (HttpRequestException e)
        {
            throw new WorkbenchException($"board {board.Name} does not answer: {e.Message}", $"tools/skyminer logs {board.Name}");
        }
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _http.Dispose();
}
