// Requests to the network's services, and SOCKS5 clients.
using System.Buffers;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Skywire.Apps.Skysocks;
using Skywire.Discovery;
using Skywire.Fuzz.Engine;
using Skywire.Services;
using Skywire.Testing;

namespace Skywire.Fuzz.Targets;

internal static class ServiceTargets
{
    /// <summary>Set in the first byte: the request is signed properly, so that mutations reach what lies behind the signature.</summary>
    public const byte Signed = 0x80;

    /// <summary>The services in the order the first byte counts them.</summary>
    public static IReadOnlyList<ServiceKind> Kinds { get; } =
        [ServiceKind.DmsgDiscovery, ServiceKind.TransportDiscovery, ServiceKind.AddressResolver, ServiceKind.RouteFinder, ServiceKind.ServiceDiscovery, ServiceKind.UptimeTracker];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("service-requests", Requests) { AllocationBase = 2 << 20, AllocationPerByte = 2048, MaxInput = 16 * 1024, QuickShare = 0.5 },
        new("socks5", Socks) { AllocationPerByte = 512 },
    ];

    // First byte: service and signature. Then, up to a NUL byte each: method, target; then the body.
    private static int Requests(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty || input[1..].IndexOf((byte)0) is var first && first < 0 || input[(first + 2)..].IndexOf((byte)0) is var second && second < 0)
        {
            return 0;
        }

        var time = new VirtualTime();
        var loggers = new FaultLog();
        var options = new ServicesOptions { Services = Kinds.ToHashSet(), AllowPrivate = true };
        var services = new UnifiedServices(options, new MemoryNetwork(time, FuzzKeys.Entropy("network")), null, FuzzKeys.Entropy("own"), time, loggers);
        var at = (input[0] & ~Signed) % Kinds.Count;
        var body = input[(first + second + 3)..].ToArray();
        var headers = new List<KeyValuePair<string, string>>();
        if ((input[0] & Signed) != 0)
        {
            const string Nonce = "0";
            headers.Add(new("SW-Public", FuzzKeys.Peer.PublicKey.ToString()));
            headers.Add(new("SW-Nonce", Nonce));
            headers.Add(new("SW-Sig", FuzzKeys.Peer.SignPayload([.. body, .. Encoding.ASCII.GetBytes(Nonce)]).ToString()));
        }

        var call = new HttpCall(Encoding.UTF8.GetString(input.Slice(1, first)), Encoding.UTF8.GetString(input.Slice(first + 2, second)), headers, body);
        var reply = services.ByKind[Kinds[at]].HandleAsync(call, new HttpPeer(IPAddress.Parse("10.0.0.2"), default), default).GetAwaiter().GetResult();
        if (loggers.Fault is { } fault)
        {
            throw new ContractException("a service failed inside: " + fault);
        }

        return (reply.Status * Kinds.Count) + at;
    }

    // First byte: with a passcode or not, and where the input is cut in two reads.
    private static int Socks(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        var handshake = new Socks5Handshake((input[0] & 1) == 1 ? new Passcode("open-sesame") : null);
        var reply = new ArrayBufferWriter<byte>();
        var rest = input[1..];
        var cut = Math.Min(input[0] >> 1, rest.Length);
        var status = handshake.Process(rest[..cut], reply, out var consumed);
        if (status == OperationStatus.NeedMoreData)
        {
            status = handshake.Process(rest[consumed..], reply, out var more);
            consumed += more;
        }

        if (consumed < 0 || consumed > rest.Length || reply.WrittenCount > 64)
        {
            throw new ContractException($"{consumed} of {rest.Length} bytes consumed, {reply.WrittenCount} answered");
        }

        return ((int)status * 256) + (int)handshake.Cause + (input[0] & 1);
    }

    // An exception a service had to swallow is a finding all the same.
    private sealed class FaultLog : ILoggerFactory, ILogger
    {
        public string? Fault { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                Fault ??= exception?.ToString() ?? formatter(state, exception);
            }
        }

        public void Dispose()
        {
            // Holds nothing.
        }
    }
}
