// Messages to bytes and back (D-Bus specification 0.43, "Message Format"). Pure; the bytes are a peer's.
using System.Buffers;
using System.Buffers.Binary;

namespace Skywire.Linux.DBus;

/// <summary>
/// The fixed part is: byte order, type, flags, version, u32 length of the body, u32 serial, u32 length of the header fields; then the fields <c>a(yv)</c>, padding to 8, the body.
/// </summary>
internal static class DBusMessageCodec
{
    /// <summary>Longest message taken. The specification allows 128 MiB; the answers we ask for have some KiB.</summary>
    public const int MaxMessage = 1 << 20;

    private const int FixedSize = 16;
    private const byte Version = 1;

    private enum Field : byte
    {
        Path = 1,
        Interface = 2,
        Member = 3,
        ErrorName = 4,
        ReplySerial = 5,
        Destination = 6,
        Sender = 7,
        Signature = 8,
    }

    /// <summary>Reads the first message of <paramref name="bytes"/>. After <see cref="OperationStatus.InvalidData"/> the connection is of no more use: where the next one begins is unknown.</summary>
    public static OperationStatus TryRead(ReadOnlySpan<byte> bytes, out DBusMessage? message, out int consumed)
    {
        message = null;
        consumed = 0;
        if (bytes.Length < FixedSize)
        {
            return bytes.Length > 0 && bytes[0] is not ((byte)'l' or (byte)'B') ? OperationStatus.InvalidData : OperationStatus.NeedMoreData;
        }

        var isBigEndian = bytes[0] == 'B';
        if ((!isBigEndian && bytes[0] != 'l') || bytes[3] != Version || bytes[1] == 0)
        {
            return OperationStatus.InvalidData;
        }

        long bodySize = Read(bytes[4..], isBigEndian);
        var serial = Read(bytes[8..], isBigEndian);
        long fieldsSize = Read(bytes[12..], isBigEndian);
        var bodyAt = FixedSize + ((fieldsSize + 7) & ~7L);
        if (serial == 0 || bodyAt + bodySize > MaxMessage)
        {
            return OperationStatus.InvalidData;
        }

        if (bytes.Length < bodyAt + bodySize)
        {
            return OperationStatus.NeedMoreData;
        }

        var header = new DBusReader(bytes[..(int)bodyAt], isBigEndian, FixedSize - 4);
        var fields = new List<object>();
        var made = new DBusMessage { Type = bytes[1] <= 4 ? (DBusMessageType)bytes[1] : DBusMessageType.Unknown, Flags = bytes[2], Serial = serial };
        if (!header.TryReadAll("a(yv)", fields) || !header.TryAlign(8) || Apply(made, ((DBusArray)fields[0]).Items) is not { } complete)
        {
            return OperationStatus.InvalidData;
        }

        var body = new DBusReader(bytes.Slice((int)bodyAt, (int)bodySize), isBigEndian, 0);
        var values = new List<object>();
        if (!body.TryReadAll(complete.Signature, values) || body.Position != bodySize)
        {
            return OperationStatus.InvalidData;
        }

        consumed = (int)(bodyAt + bodySize);
        message = complete with { Body = values };
        return OperationStatus.Done;
    }

    /// <summary>The bytes of a message. Throws for values that do not fit the signature.</summary>
    public static byte[] Write(DBusMessage message, bool isBigEndian = false)
    {
        var body = new DBusWriter(isBigEndian);
        body.WriteAll(message.Signature, message.Body);
        var fields = new List<object>();
        Add(Field.Path, "o", message.Path.Length > 0 ? new DBusPath(message.Path) : null);
        Add(Field.Interface, "s", NotEmpty(message.Interface));
        Add(Field.Member, "s", NotEmpty(message.Member));
        Add(Field.ErrorName, "s", NotEmpty(message.ErrorName));
        Add(Field.ReplySerial, "u", message.ReplySerial == 0 ? null : message.ReplySerial);
        Add(Field.Destination, "s", NotEmpty(message.Destination));
        Add(Field.Sender, "s", NotEmpty(message.Sender));
        Add(Field.Signature, "g", message.Signature.Length > 0 ? new DBusSignature(message.Signature) : null);

        var whole = new DBusWriter(isBigEndian);
        whole.WriteAll("yyyyuua(yv)", [(byte)(isBigEndian ? 'B' : 'l'), (byte)message.Type, message.Flags, Version, (uint)body.Length, message.Serial, new DBusArray("(yv)", fields)]);
        whole.Align(8);
        whole.Raw(body.ToArray());
        return whole.Length <= MaxMessage ? whole.ToArray() : throw new ArgumentException($"a message of {whole.Length} bytes", nameof(message));

        void Add(Field field, string signature, object? value)
        {
            if (value is not null)
            {
                fields.Add(new DBusStruct([(byte)field, new DBusVariant(signature, value)]));
            }
        }

        static string? NotEmpty(string text) => text.Length > 0 ? text : null;
    }

    // Null when a field is of another type than it should be, or one that this kind of message must have is missing. Unknown fields are skipped.
    private static DBusMessage? Apply(DBusMessage message, IReadOnlyList<object> fields)
    {
        foreach (var item in fields)
        {
            var pair = (DBusStruct)item;
            var value = ((DBusVariant)pair.Fields[1]).Value;
            var code = (Field)(byte)pair.Fields[0];
            var next = (code, value) switch
            {
                (Field.Path, DBusPath path) => message with { Path = path.Text },
                (Field.Interface, string text) => message with { Interface = text },
                (Field.Member, string text) => message with { Member = text },
                (Field.ErrorName, string text) => message with { ErrorName = text },
                (Field.ReplySerial, uint number) => message with { ReplySerial = number },
                (Field.Destination, string text) => message with { Destination = text },
                (Field.Sender, string text) => message with { Sender = text },
                (Field.Signature, DBusSignature signature) => message with { Signature = signature.Text },
                _ => code is >= Field.Path and <= Field.Signature ? null : message,
            };
            if (next is null)
            {
                return null;
            }

            message = next;
        }

        var isComplete = message.Type switch
        {
            DBusMessageType.Call => message is { Path.Length: > 0, Member.Length: > 0 },
            DBusMessageType.Signal => message is { Path.Length: > 0, Interface.Length: > 0, Member.Length: > 0 },
            DBusMessageType.Return => message.ReplySerial != 0,
            DBusMessageType.Error => message.ReplySerial != 0 && message.ErrorName.Length > 0,
            _ => true,
        };
        return isComplete ? message : null;
    }

    private static uint Read(ReadOnlySpan<byte> bytes, bool isBigEndian) => isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
