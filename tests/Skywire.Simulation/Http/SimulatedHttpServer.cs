// A service's listener on the simulated network, in Kestrel's place.
using System.Net;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Simulation.Http;

/// <summary>Serves one <see cref="IHttpService"/> on a port of a host.</summary>
internal sealed class SimulatedHttpServer : IAsyncDisposable
{
    private readonly IHttpService _service;
    private readonly IStreamListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _serving = [];
    private readonly Task _accepting;

    public SimulatedHttpServer(MemoryHost host, int port, IHttpService service)
    {
        _service = service;
        _listener = host.Listen(new IPEndPoint(IPAddress.Any, port));
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _listener.DisposeAsync();
        await _accepting;
        await Task.WhenAll(_serving);
    }

    private async Task AcceptAsync()
    {
        await Task.Yield();
        while (true)
        {
            IByteStream stream;
            try
            {
                stream = await _listener.AcceptAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }

            var task = ServeAsync(stream);
            _serving.Add(task);
            _serving.RemoveWhere(static served => served.IsCompleted);
        }
    }

    private async Task ServeAsync(IByteStream stream)
    {
        await Task.Yield();
        await using (stream)
        {
            try
            {
                var call = await HttpFrames.ReadCallAsync(stream, _stop.Token);
                var peer = new HttpPeer(((IPEndPoint)stream.RemoteEndPoint!).Address, default);
                await HttpFrames.WriteAsync(stream, await _service.HandleAsync(call, peer, _stop.Token), _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The caller went away, or the service stops: nobody waits for the answer.
            }
        }
    }
}
