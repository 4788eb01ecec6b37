// What a byte costs that only passes through: source -> relay -> sink, three processes, real transports over loopback TCP. The relay's own CPU time is
// the figure to steer by (goal: 2 s/GB); MB/s depends on how many cores the three share.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Transport;
using Skywire.Transport.Handshake;
using Skywire.Transport.Links;
using Skywire.Transport.Net;
using Skywire.Wire;

namespace Skywire.Bench.Transport;

internal static class RelayBench
{
    private const int SendBuffer = 256 * 1024;
    private const long WarmUpBytes = 200_000_000;
    private const uint RouteIn = 7;
    private const uint RouteOut = 9;

    private static readonly TimeProvider Clock = TimeProvider.System;

    internal static async Task<int> RunAsync(string[] args)
    {
        string Option(string name, string otherwise) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : otherwise;
        var packet = int.Parse(Option("--packet", "0"), CultureInfo.InvariantCulture);
        var bytes = long.Parse(Option("--bytes", "3000000000"), CultureInfo.InvariantCulture);
        var rate = double.Parse(Option("--rate", "0"), CultureInfo.InvariantCulture);
        switch (Option("--role", ""))
        {
            case "sink":
                await SinkAsync();
                return 0;
            case "relay":
                await RelayAsync(Option("--next", ""));
                return 0;
            case "source":
                await SourceAsync(Option("--next", ""), packet, bytes, rate);
                return 0;
        }

        Console.WriteLine("packet bytes | inline completions |  MB/s | relay CPU s/GB | user | system | relay MB | source s/GB | sink s/GB");
        foreach (var size in packet > 0 ? [packet] : (int[])[1400, 4096, 32768, 65535])
        {
            foreach (var inline in (string[])["0", "1"])
            {
                await MeasureAsync(size, bytes, rate, inline);
            }
        }

        return 0;
    }

    private static async Task MeasureAsync(int packet, long bytes, double rate, string inline)
    {
        using var sink = Spawn(inline, "--role", "sink");
        var sinkPort = await ReadAsync(sink, "port");
        using var relay = Spawn(inline, "--role", "relay", "--next", sinkPort);
        var relayPort = await ReadAsync(relay, "port");
        using var source = Spawn(inline, "--role", "source", "--next", relayPort, "--packet", $"{packet}", "--bytes", $"{bytes}", "--rate", rate.ToString(CultureInfo.InvariantCulture));
        var sourceFigures = await ReadAsync(source, "figures");
        var relayFigures = (await ReadAsync(relay, "figures")).Split(' ');
        var sinkFigures = await ReadAsync(sink, "figures");
        await Task.WhenAll(source.WaitForExitAsync(), relay.WaitForExitAsync(), sink.WaitForExitAsync());
        Console.WriteLine($"{packet,12} | {inline,18} | {relayFigures[0],5} | {relayFigures[1],14} | {relayFigures[2],4} | {relayFigures[3],6} | {relayFigures[4],8} | {sourceFigures.Split(' ')[1],11} | {sinkFigures.Split(' ')[1],9}");
    }

    private static Process Spawn(string inline, params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["relay", .. args]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = inline;
        return Process.Start(start)!;
    }

    private static async Task<string> ReadAsync(Process process, string name)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(name + "=", StringComparison.Ordinal))
            {
                return line[(name.Length + 1)..];
            }
        }

        throw new InvalidOperationException($"a child ended without telling its {name}");
    }

    private static async Task SinkAsync()
    {
        var meter = new Meter();
        var transport = await AcceptAsync(Key(3), new SinkHandler(meter));
        await transport.Completion;
        Console.WriteLine($"figures={meter.Figures()}");
    }

    private static async Task RelayAsync(string next)
    {
        var meter = new Meter();
        var handler = new RelayHandler(meter);
        await using var listener = new TcpNetwork(TcpOptions.Default, Clock).Listen(new IPEndPoint(IPAddress.Loopback, 0));
        var outgoing = await DialAsync(Key(2), Key(3).PublicKey, next, handler);
        handler.Next = outgoing;
        Console.WriteLine($"port={listener.LocalEndPoint.Port}");
        var incoming = await SettleAsync(Key(2), await LinkHandshake.AcceptAsync(await listener.AcceptAsync(default), Key(2), SystemEntropy.Instance, Clock, default), false, handler);
        await incoming.Completion;
        Console.WriteLine($"figures={meter.Figures()}");
        await outgoing.CloseAsync(ProtocolError.ShuttingDown, "done", TimeSpan.FromSeconds(5));
    }

    private static async Task SourceAsync(string next, int packet, long bytes, double megabytesPerSecond)
    {
        var meter = new Meter();
        var transport = await DialAsync(Key(1), Key(2).PublicKey, next, new SinkHandler(new Meter()));
        var payload = new byte[Math.Min(packet, PacketHeader.MaxPayload)];
        var watch = Stopwatch.StartNew();
        for (long sent = 0; sent < bytes;)
        {
            if (megabytesPerSecond > 0 && sent > watch.Elapsed.TotalSeconds * megabytesPerSecond * 1e6)
            {
                await Task.Delay(1);
                continue;
            }

            if (transport.TrySend(PacketType.Data, RouteIn, payload))
            {
                sent += payload.Length;
                meter.Add(payload.Length);
            }
            else
            {
                await transport.WaitForRoomAsync(default);
            }
        }

        await transport.CloseAsync(ProtocolError.ShuttingDown, "done", TimeSpan.FromSeconds(10));
        Console.WriteLine($"figures={meter.Figures()}");
    }

    private static async Task<ManagedTransport> AcceptAsync(SecKey key, IPacketHandler handler)
    {
        await using var listener = new TcpNetwork(TcpOptions.Default, Clock).Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Console.WriteLine($"port={listener.LocalEndPoint.Port}");
        return await SettleAsync(key, await LinkHandshake.AcceptAsync(await listener.AcceptAsync(default), key, SystemEntropy.Instance, Clock, default), false, handler);
    }

    private static async Task<ManagedTransport> DialAsync(SecKey key, PubKey remote, string port, IPacketHandler handler)
    {
        var stream = await new TcpNetwork(TcpOptions.Default, Clock).ConnectAsync("127.0.0.1:" + port, default);
        return await SettleAsync(key, await LinkHandshake.DialAsync(stream, key, 49153, remote, SystemEntropy.Instance, Clock, default), true, handler);
    }

    private static Task<ManagedTransport> SettleAsync(SecKey key, TransportLink link, bool initiator, IPacketHandler handler)
    {
        var entry = TransportEntry.Create(key.PublicKey, link.RemoteKey, TransportTypes.Stcpr, TransportLabels.User);
        var transport = new ManagedTransport(entry, link, initiator, handler, SendBuffer, TimeSpan.FromHours(1), Clock, new CauseCounters("bench"), NullLogger.Instance);
        transport.Start();
        return Task.FromResult(transport);
    }

    /// <summary>The three parties' keys: fixed, so that each knows the others'.</summary>
    private static SecKey Key(byte number)
    {
        var bytes = new byte[SecKey.Size];
        Array.Fill(bytes, number);
        return SecKey.TryParse(bytes, out var key) ? key! : throw new InvalidOperationException("not a key");
    }

    private sealed class SinkHandler(Meter meter) : IPacketHandler
    {
        public bool TryHandle(ITransport source, PacketHeader header, Span<byte> packet)
        {
            meter.Add(header.PayloadSize);
            return true;
        }

        public ValueTask WaitForRoomAsync(ITransport source, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private sealed class RelayHandler(Meter meter) : IPacketHandler
    {
        internal ManagedTransport? Next { get; set; }

        public bool TryHandle(ITransport source, PacketHeader header, Span<byte> packet)
        {
            PacketHeader.Restamp(packet, RouteOut);
            if (!Next!.TrySendPacket(packet))
            {
                return false;
            }

            meter.Add(header.PayloadSize);
            return true;
        }

        public ValueTask WaitForRoomAsync(ITransport source, CancellationToken cancellationToken) => Next!.WaitForRoomAsync(cancellationToken);
    }

    /// <summary>Bytes and this process's CPU time, from the end of the warm-up to the last byte.</summary>
    private sealed class Meter
    {
        private long _bytes;
        private long _startBytes;
        private TimeSpan _startUser;
        private TimeSpan _startSystem;
        private Stopwatch? _watch;

        internal void Add(int bytes)
        {
            _bytes += bytes;
            if (_watch is null && _bytes > WarmUpBytes)
            {
                using var self = Process.GetCurrentProcess();
                _startBytes = _bytes;
                _startUser = self.UserProcessorTime;
                _startSystem = self.PrivilegedProcessorTime;
                _watch = Stopwatch.StartNew();
            }
        }

        /// <summary>"MB/s s/GB user system resident-MB".</summary>
        internal string Figures()
        {
            using var self = Process.GetCurrentProcess();
            var gigabytes = (_bytes - _startBytes) / 1e9;
            var user = (self.UserProcessorTime - _startUser).TotalSeconds / gigabytes;
            var system = (self.PrivilegedProcessorTime - _startSystem).TotalSeconds / gigabytes;
            return string.Create(CultureInfo.InvariantCulture, $"{gigabytes * 1000 / _watch!.Elapsed.TotalSeconds:0} {user + system:0.00} {user:0.00} {system:0.00} {self.WorkingSet64 / 1e6:0}");
        }
    }
}
