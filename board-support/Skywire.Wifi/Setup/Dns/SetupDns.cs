// DNS of the setup access point: every name leads to the setup page, so that phones notice it. Pure: a question in, an answer out.
using System.Buffers.Binary;

namespace Skywire.Wifi.Setup.Dns;

/// <summary>What came of a datagram.</summary>
public enum DnsOutcome
{
    /// <summary>Answered with the page's address.</summary>
    Address,

    /// <summary>Answered: there is nothing of that kind.</summary>
    Nothing,

    /// <summary>No question: dropped.</summary>
    Malformed,
}

/// <summary>Answers questions (RFC 1035, section 4).</summary>
public static class SetupDns
{
    /// <summary>Largest question taken and answer made; what UDP carries without EDNS.</summary>
    public const int MaxSize = 512;

    /// <summary>Seconds an answer may be kept: the phone must forget it as soon as it is back in its own network.</summary>
    public const int TimeToLive = 5;

    private const int Header = 12;
    private const int MaxName = 255;
    private const int MaxLabel = 63;
    private const ushort TypeA = 1;
    private const ushort ClassInternet = 1;

    // Name as a pointer to the question's, type, class, time to live, length, address.
    private const int AddressRecord = 2 + 2 + 2 + 4 + 2 + 4;

    // Header flags: QR is an answer, opcode 0 a standard query, TC cut off, RD recursion wished; AA and RA are what we set.
    private const ushort IsAnswer = 0x8000;
    private const ushort Opcode = 0x7800;
    private const ushort IsAuthority = 0x0400;
    private const ushort IsCut = 0x0200;
    private const ushort WantsRecursion = 0x0100;
    private const ushort HasRecursion = 0x0080;

    /// <summary>Writes the answer to <paramref name="question"/> into <paramref name="answer"/> (at least <see cref="MaxSize"/> bytes); its length, 0 when nothing is sent.</summary>
    public static int Answer(ReadOnlySpan<byte> question, ReadOnlySpan<byte> address, Span<byte> answer, out DnsOutcome outcome)
    {
        outcome = DnsOutcome.Malformed;
        if (question.Length is < Header or > MaxSize - AddressRecord)
        {
            return 0;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(question[2..]);
        if ((flags & (IsAnswer | Opcode | IsCut)) != 0 || BinaryPrimitives.ReadUInt16BigEndian(question[4..]) != 1 || BinaryPrimitives.ReadUInt16BigEndian(question[6..]) != 0)
        {
            return 0;
        }

        if (NameEnd(question) is not { } end || question.Length < end + 4)
        {
            return 0;
        }

        var isAddress = BinaryPrimitives.ReadUInt16BigEndian(question[end..]) == TypeA && BinaryPrimitives.ReadUInt16BigEndian(question[(end + 2)..]) == ClassInternet;
        var length = end + 4;
        // Header and question again; what stood behind (EDNS) is left out.
        question[..length].CopyTo(answer);
        BinaryPrimitives.WriteUInt16BigEndian(answer[2..], (ushort)(IsAnswer | IsAuthority | HasRecursion | (flags & WantsRecursion)));
        BinaryPrimitives.WriteUInt16BigEndian(answer[6..], isAddress ? (ushort)1 : (ushort)0);
        answer[8..Header].Clear();
        outcome = isAddress ? DnsOutcome.Address : DnsOutcome.Nothing;
        if (!isAddress)
        {
            return length;
        }

        var record = answer.Slice(length, AddressRecord);
        BinaryPrimitives.WriteUInt16BigEndian(record, 0xC000 | Header);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], TypeA);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], ClassInternet);
        BinaryPrimitives.WriteUInt32BigEndian(record[6..], TimeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], 4);
        address[..4].CopyTo(record[12..]);
        return length + AddressRecord;
    }

    // Where the question's name ends; null when it does not, or points elsewhere (there is nothing before it to point at).
    private static int? NameEnd(ReadOnlySpan<byte> question)
    {
        var at = Header;
        while (at < question.Length && at - Header < MaxName)
        {
            var label = question[at];
            if (label == 0)
            {
                return at + 1;
            }

            if (label > MaxLabel)
            {
                return null;
            }

            at += 1 + label;
        }

        return null;
    }
}
