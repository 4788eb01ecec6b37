// One message of the bus (D-Bus specification 0.43, "Message Protocol").
namespace Skywire.Linux.DBus;

/// <summary>Kinds of messages. Others are skipped.</summary>
public enum DBusMessageType
{
    /// <summary>Not one of these.</summary>
    Unknown = 0,

    /// <summary>A call of a method.</summary>
    Call = 1,

    /// <summary>Its answer.</summary>
    Return = 2,

    /// <summary>Its answer when it failed: the first value is a text.</summary>
    Error = 3,

    /// <summary>Something happened.</summary>
    Signal = 4,
}

/// <summary>A message. Texts that are not there are "".</summary>
public sealed record DBusMessage
{
    /// <summary>Flag: the caller waits for no answer.</summary>
    public const byte NoReplyExpected = 1;

    /// <summary>Kind.</summary>
    public required DBusMessageType Type { get; init; }

    /// <summary>Flags.</summary>
    public byte Flags { get; init; }

    /// <summary>The sender's number of it, not 0.</summary>
    public uint Serial { get; init; }

    /// <summary>Number of the call that is answered; 0 for none.</summary>
    public uint ReplySerial { get; init; }

    /// <summary>Object.</summary>
    public string Path { get; init; } = "";

    /// <summary>Interface.</summary>
    public string Interface { get; init; } = "";

    /// <summary>Method or signal.</summary>
    public string Member { get; init; } = "";

    /// <summary>Name of the error.</summary>
    public string ErrorName { get; init; } = "";

    /// <summary>Whom it is for.</summary>
    public string Destination { get; init; } = "";

    /// <summary>Whom it is from; the bus fills it in.</summary>
    public string Sender { get; init; } = "";

    /// <summary>Types of the body.</summary>
    public string Signature { get; init; } = "";

    /// <summary>Values.</summary>
    public IReadOnlyList<object> Body { get; init; } = [];
}
