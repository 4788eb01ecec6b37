// A file that flows through a box while its boards restart one after the other: block by block, each over a route between two boards that are up just then.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>One way through the box: a board's proxy client, opened on this machine's loopback, to a file server behind the proxy of the next board.</summary>
internal sealed record FlowWay(string Name, int ProxyPort, string Host, Func<bool> IsOpen);

/// <summary>Fetches blocks of one file round and round until told to stop.</summary>
internal sealed class BoxFlow(byte[] file, IReadOnlyList<FlowWay> ways) : IDisposable
{
    /// <summary>Bytes of a block; the board's server sends it with dd.</summary>
    public const int BlockSize = 128 * 1024;

    /// <summary>Port of the boards' file servers, in the range that the packet filter lets in and no service of a box has.</summary>
    public const int ServerPort = 9095;

    // A route that has to be made anew after a takeover takes longer, and is tried again by then.
    private static readonly TimeSpan BlockLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly IncrementalHash _sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _got = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes that arrived.</summary>
    public long Bytes { get; private set; }

    /// <summary>The longest time without a block.</summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>Blocks by the way they came.</summary>
    public Dictionary<string, int> ByWay { get; } = [];

    /// <summary>True when everything that arrived is what was sent, in order.</summary>
    public bool IsEqual { get; private set; }

    /// <summary>Runs until cancelled, then compares.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var clients = ways.Select(w => new HttpClient(new SocketsHttpHandler
        {
            Proxy = new WebProxy(string.Create(CultureInfo.InvariantCulture, $"socks5://127.0.0.1:{w.ProxyPort}")),
            PooledConnectionLifetime = TimeSpan.Zero,
        })
        { Timeout = BlockLimit }).ToList();
        var gap = Stopwatch.StartNew();
        try
        {
            for (var block = 0; !cancellationToken.IsCancellationRequested; block = (block + 1) % (file.Length / BlockSize))
            {
                await FetchAsync(clients, block, cancellationToken);
                LongestGap = gap.Elapsed > LongestGap ? gap.Elapsed : LongestGap;
                gap.Restart();
                await Task.Delay(Pause, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop: what has arrived by now is compared.
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }

        LongestGap = gap.Elapsed > LongestGap ? gap.Elapsed : LongestGap;
        IsEqual = Bytes > 0 && _sent.GetHashAndReset().AsSpan().SequenceEqual(_got.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sent.Dispose();
        _got.Dispose();
    }

    private async Task FetchAsync(List<HttpClient> clients, int block, CancellationToken cancellationToken)
    {
        while (true)
        {
            for (var i = 0; i < ways.Count; i++)
            {
                if (ways[i].IsOpen() && await TryAsync(clients[i], ways[i], block, cancellationToken) is { } bytes)
                {
                    _sent.AppendData(file, block * BlockSize, BlockSize);
                    _got.AppendData(bytes);
                    Bytes += bytes.Length;
                    ByWay[ways[i].Name] = ByWay.GetValueOrDefault(ways[i].Name) + 1;
                    return;
                }
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static async Task<byte[]?> TryAsync(HttpClient client, FlowWay way, int block, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await client.GetByteArrayAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{way.Host}:{ServerPort}/{block}")), cancellationToken);
            return bytes.Length == BlockSize ? bytes : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
