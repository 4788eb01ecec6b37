// Measures round trips to a visor over a route (spec 14 §4.5).
using System.Text;
using Skywire.Crypto;
using Skywire.Routing;
using Skywire.Wire;

namespace Skywire.Visor.Composition;

internal static class PingClient
{
    // The size announced; the answer is the same for any.
    private static readonly byte[] Request = Encoding.ASCII.GetBytes("{\"Size\":0}");

    // Above any round trip over several hops and a relay; a lost answer costs this much.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(3);

    // So that pings show the line's course rather than one burst.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Round trips in order; fewer than asked for when answers did not come. A reference visor answers the first request of a connection only, so a missing
    /// later answer means a new connection for each. Throws <see cref="ProtocolException"/> when no route could be made at all.
    /// </summary>
    public static async Task<IReadOnlyList<TimeSpan>> RunAsync(IRouteNetwork routes, PubKey remote, int count, RouteDialOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var trips = new List<TimeSpan>();
        var connection = await routes.DialAsync(remote, PingService.Port, options, cancellationToken);
        try
        {
            for (var sent = 0; sent < count; sent++)
            {
                if (sent > 0)
                {
                    await Task.Delay(Pause, time, cancellationToken);
                }

                var trip = await AskAsync(connection, time, cancellationToken);
                if (trip is null && sent > 0)
                {
                    await connection.DisposeAsync();
                    connection = await routes.DialAsync(remote, PingService.Port, options, cancellationToken);
                    trip = await AskAsync(connection, time, cancellationToken);
                }

                if (trip is { } answered)
                {
                    trips.Add(answered);
                }
            }
        }
        finally
        {
            await connection.DisposeAsync();
        }

        return trips;
    }

    private static async Task<TimeSpan?> AskAsync(IRouteConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var since = time.GetTimestamp();
            await connection.WriteAsync(Request, either.Token);
            var buffer = new byte[64];
            var length = await connection.ReadMessageAsync(buffer, either.Token);
            return length > 0 && buffer.AsSpan(0, length).SequenceEqual(PingService.Ok.Span) ? time.GetElapsedTime(since) : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (IOException)
        {
            // The other side closed; a new connection shows whether it is still there.
            return null;
        }
    }
}
