// A connection to a message bus: SASL EXTERNAL, Hello, calls, signals. Thin: what bytes mean is DBusMessageCodec's business.
using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Skywire.Linux.DBus;

/// <summary>A call of a method.</summary>
public sealed record DBusCall(string Destination, string Path, string Interface, string Member, string Signature, params IReadOnlyList<object> Body);

/// <summary>
/// A client of a message bus. Thread-safe. Handlers run on the receiving loop and must be quick. After the connection has failed every call throws <see cref="IOException"/>; open another one.
/// </summary>
public sealed partial class DBusConnection : IAsyncDisposable
{
    /// <summary>Where the system's bus listens.</summary>
    public const string SystemBus = "unix:path=/run/dbus/system_bus_socket";

    private const string BusName = "org.freedesktop.DBus";
    private const string BusPath = "/org/freedesktop/DBus";

    // "OK " and 32 hex digits; a daemon that sends much more is none.
    private const int MaxAuthLine = 512;

    private readonly Stream _stream;
    private readonly Func<DBusMessage, DBusMessage?>? _onCall;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<uint, TaskCompletionSource<DBusMessage>> _waiting = [];
    private readonly List<Action<DBusMessage>> _listeners = [];
    private Task _receiving = Task.CompletedTask;
    private Exception? _failure;
    private uint _serial;

    private DBusConnection(Stream stream, Func<DBusMessage, DBusMessage?>? onCall)
    {
        _stream = stream;
        _onCall = onCall;
    }

    /// <summary>The name the bus gave this connection.</summary>
    public string Name { get; private set; } = "";

    /// <summary>
    /// Connects to <paramref name="address"/> (<c>unix:path=...</c> or <c>unix:abstract=...</c>). <paramref name="onCall"/> answers calls of others (null: unknown method).
    /// Throws <see cref="IOException"/> when there is no bus or it refuses.
    /// </summary>
    public static async Task<DBusConnection> OpenAsync(string address, Func<DBusMessage, DBusMessage?>? onCall, CancellationToken cancellationToken)
    {
        var target = EndPointOf(address) ?? throw new IOException($"not an address of a bus this client can reach: {address}");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(target, cancellationToken);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"the bus at {address} cannot be reached: {e.Message}", e);
        }

        var connection = new DBusConnection(new NetworkStream(socket, ownsSocket: true), onCall);
        try
        {
            await connection.AuthenticateAsync(cancellationToken);
            connection._receiving = connection.ReceiveAsync();
            var hello = await connection.CallAsync(new DBusCall(BusName, BusPath, BusName, "Hello", ""), cancellationToken);
            connection.Name = hello is [string name, ..] ? name : throw new IOException("the bus gave no name");
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls a method and waits for its answer. Throws <see cref="DBusException"/> for an error reply, <see cref="IOException"/> when the connection is gone.</summary>
    public async Task<IReadOnlyList<object>> CallAsync(DBusCall call, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<DBusMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        uint serial;
        lock (_lock)
        {
            serial = Reserve();
            _waiting[serial] = answer;
        }

        try
        {
            await SendAsync(
                new DBusMessage
                {
                    Type = DBusMessageType.Call,
                    Serial = serial,
                    Destination = call.Destination,
                    Path = call.Path,
                    Interface = call.Interface,
                    Member = call.Member,
                    Signature = call.Signature,
                    Body = call.Body,
                });
            var reply = await answer.Task.WaitAsync(cancellationToken);
            return reply.Type == DBusMessageType.Return ? reply.Body : throw new DBusException(reply.ErrorName, reply.Body is [string text, ..] ? text : reply.ErrorName);
        }
        finally
        {
            lock (_lock)
            {
                _waiting.Remove(serial);
            }
        }
    }

    /// <summary>Has the bus send signals of this rule (specification, "Match Rules"). <paramref name="onSignal"/> gets every signal that arrives and chooses.</summary>
    public async Task ListenAsync(string rule, Action<DBusMessage> onSignal, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _listeners.Add(onSignal);
        }

        await CallAsync(new DBusCall(BusName, BusPath, BusName, "AddMatch", "s", rule), cancellationToken);
    }

    /// <summary>Takes a well-known name, as a service does. Throws <see cref="IOException"/> when another one has it.</summary>
    public async Task TakeNameAsync(string name, CancellationToken cancellationToken)
    {
        const uint doNotQueue = 4;
        const uint owner = 1;
        var answer = await CallAsync(new DBusCall(BusName, BusPath, BusName, "RequestName", "su", name, doNotQueue), cancellationToken);
        if (answer is not [owner, ..])
        {
            throw new IOException($"the name {name} is taken");
        }
    }

    /// <summary>Sends a signal.</summary>
    public Task SignalAsync(string path, string @interface, string member, string signature, params IReadOnlyList<object> body)
    {
        uint serial;
        lock (_lock)
        {
            serial = Reserve();
        }

        return SendAsync(new DBusMessage { Type = DBusMessageType.Signal, Serial = serial, Path = path, Interface = @interface, Member = member, Signature = signature, Body = body });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _stream.DisposeAsync();
        await _receiving;
        Fail(new IOException("the connection to the bus was closed"));
        _stop.Dispose();
        _writing.Dispose();
    }

    /// <summary>The socket of an address; null when it is none of a unix socket. Of several addresses (";") the first is taken.</summary>
    internal static UnixDomainSocketEndPoint? EndPointOf(string address)
    {
        const string prefix = "unix:";
        var first = address.Split(';')[0];
        if (!first.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        foreach (var pair in first[prefix.Length..].Split(','))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            var value = at < 0 ? "" : Uri.UnescapeDataString(pair[(at + 1)..]);
            if (value.Length is > 0 and < 100 && (pair[..at] is "path" or "abstract"))
            {
                return new UnixDomainSocketEndPoint(pair[..at] == "path" ? value : "\0" + value);
            }
        }

        return null;
    }

    // Specification, "Authentication Protocol": a zero byte, then lines. EXTERNAL names the user by number, in hex of its decimal digits; the daemon checks it against the socket's.
    private async Task AuthenticateAsync(CancellationToken cancellationToken)
    {
        var user = Convert.ToHexString(Encoding.ASCII.GetBytes(EffectiveUser().ToString(CultureInfo.InvariantCulture)));
        await _stream.WriteAsync(Encoding.ASCII.GetBytes($"\0AUTH EXTERNAL {user}\r\n"), cancellationToken);
        var line = new List<byte>();
        var one = new byte[1];
        while (!line.TakeLast(2).SequenceEqual("\r\n"u8.ToArray()))
        {
            // A byte at a time: what follows the line belongs to the messages.
            if (line.Count > MaxAuthLine || await _stream.ReadAsync(one, cancellationToken) == 0)
            {
                throw new IOException("the bus ended the authentication");
            }

            line.Add(one[0]);
        }

        var answer = Encoding.ASCII.GetString([.. line]).Trim();
        if (!answer.StartsWith("OK ", StringComparison.Ordinal))
        {
            throw new IOException($"the bus refused this user: {answer}");
        }

        await _stream.WriteAsync("BEGIN\r\n"u8.ToArray(), cancellationToken);
    }

    private async Task ReceiveAsync()
    {
        Exception reason = new IOException("the bus closed the connection");
        try
        {
            var buffer = new byte[16 * 1024];
            var filled = 0;
            int read;
            while ((read = await _stream.ReadAsync(buffer.AsMemory(filled), _stop.Token)) > 0)
            {
                filled += read;
                var used = Take(buffer.AsSpan(0, filled));
                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
                if (filled == buffer.Length)
                {
                    // Bounded: the codec refuses a message longer than its limit as soon as its header is there.
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException or OperationCanceledException)
        {
            reason = e is InvalidDataException ? new IOException("the bus sent what is no message", e) : e;
        }

        Fail(reason);
    }

    private int Take(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        while (true)
        {
            var status = DBusMessageCodec.TryRead(bytes[used..], out var message, out var consumed);
            if (status == OperationStatus.NeedMoreData)
            {
                return used;
            }

            if (status != OperationStatus.Done)
            {
                throw new InvalidDataException();
            }

            used += consumed;
            Deliver(message!);
        }
    }

    private void Deliver(DBusMessage message)
    {
        Action<DBusMessage>[] listeners = [];
        lock (_lock)
        {
            if (message.Type is DBusMessageType.Return or DBusMessageType.Error)
            {
                // Continuations run elsewhere; an answer nobody waits for is dropped.
                _waiting.GetValueOrDefault(message.ReplySerial)?.TrySetResult(message);
            }
            else if (message.Type == DBusMessageType.Signal)
            {
                listeners = [.. _listeners];
            }
        }

        foreach (var listener in listeners)
        {
            listener(message);
        }

        if (message.Type == DBusMessageType.Call && (message.Flags & DBusMessage.NoReplyExpected) == 0)
        {
            _ = AnswerAsync(message);
        }
    }

    // Ends by itself: a send that fails ends the connection, which its owner sees.
    private async Task AnswerAsync(DBusMessage call)
    {
        var answer = _onCall?.Invoke(call)
            ?? new DBusMessage { Type = DBusMessageType.Error, ErrorName = "org.freedesktop.DBus.Error.UnknownMethod", Signature = "s", Body = [$"no method {call.Member}"] };
        try
        {
            uint serial;
            lock (_lock)
            {
                serial = Reserve();
            }

            await SendAsync(answer with { Serial = serial, ReplySerial = call.Serial, Destination = call.Sender });
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Fail(e);
        }
    }

    // A message is written whole or the connection is of no more use, so no token: a caller that gives up leaves the write alone.
    private async Task SendAsync(DBusMessage message)
    {
        var bytes = DBusMessageCodec.Write(message);
        await _writing.WaitAsync();
        try
        {
            await _stream.WriteAsync(bytes, _stop.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new IOException("the connection to the bus was closed", e);
        }
        finally
        {
            _writing.Release();
        }
    }

    private uint Reserve()
    {
        if (_failure is not null)
        {
            throw new IOException(_failure.Message, _failure);
        }

        // 0 is no serial.
        return ++_serial == 0 ? ++_serial : _serial;
    }

    private void Fail(Exception reason)
    {
        List<TaskCompletionSource<DBusMessage>> waiting;
        lock (_lock)
        {
            _failure ??= reason;
            waiting = [.. _waiting.Values];
            _waiting.Clear();
        }

        foreach (var call in waiting)
        {
            call.TrySetException(new IOException(reason.Message, reason));
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
