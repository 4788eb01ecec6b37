// The frame of the mesh scenarios: every one runs twice from one seed and has to do the same twice.
using System.Security.Cryptography;
using Skywire.Routing;
using Skywire.Testing;
using Xunit;

namespace Skywire.Simulation.Tests;

/// <summary>Runs scenarios and moves bytes through them.</summary>
internal static class MeshScenario
{
    /// <summary>The app port of the scenarios.</summary>
    public const ushort Port = 100;

    /// <summary>Runs <paramref name="body"/> on a fresh mesh, twice, and compares the traces.</summary>
    public static void Run(int seed, Func<SimulatedMesh, Task> body, MeshOptions? options = null, SimulationOptions? limits = null)
    {
        var first = RunOnce(seed, body, options, limits);
        var second = RunOnce(seed, body, options, limits);
        Assert.Equal(first.RecentTrace, second.RecentTrace);
        Assert.Equal((first.TraceCount, first.TraceDigest), (second.TraceCount, second.TraceDigest));
    }

    /// <summary>Echoes on every route group until the listener ends.</summary>
    public static async Task EchoAsync(IRouteListener listener)
    {
        var serving = new List<Task>();
        while (true)
        {
            try
            {
                serving.Add(ServeAsync(await listener.AcceptAsync(default)));
            }
            catch (ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(serving);

        static async Task ServeAsync(IRouteConnection connection)
        {
            await using (connection)
            {
                var buffer = new byte[16 * 1024];
                try
                {
                    for (int n; (n = await connection.ReadAsync(buffer, default)) > 0;)
                    {
                        await connection.WriteAsync(buffer.AsMemory(0, n), default);
                    }
                }
                catch (IOException)
                {
                    // The route broke; the dialling side of the scenario judges that.
                }
            }
        }
    }

    /// <summary>Sends <paramref name="size"/> bytes to an echo and checks what comes back.</summary>
    public static async Task TransferAsync(SimulationRun sim, IRouteConnection connection, int size)
    {
        var data = new byte[size];
        sim.Entropy.For("data").Fill(data);
        var sending = SendAsync();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[16 * 1024];
        for (var received = 0; received < size;)
        {
            var n = await connection.ReadAsync(buffer, default);
            Assert.True(n > 0, $"the route ended after {received} of {size} bytes");
            hash.AppendData(buffer, 0, n);
            received += n;
        }

        await sending;
        Assert.Equal(SHA256.HashData(data), hash.GetHashAndReset());

        async Task SendAsync() => await connection.WriteAsync(data, default);
    }

    private static SimulationRun RunOnce(int seed, Func<SimulatedMesh, Task> body, MeshOptions? options, SimulationOptions? limits) => SimulationRun.ExecuteTraced(
        seed,
        async sim =>
        {
            await using var mesh = await SimulatedMesh.StartAsync(sim, options);
            await body(mesh);
            mesh.Note("scenario done");
            foreach (var note in mesh.Notes)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(note);
            }
        },
        limits);
}
