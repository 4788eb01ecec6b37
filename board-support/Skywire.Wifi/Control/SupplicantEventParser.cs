// Events of wpa_supplicant (src/common/wpa_ctrl.h of 2.10), a line each: "<3>MESH-PEER-CONNECTED 02:00:00:00:00:01". Part of a line may be a stranger's words.
using System.Buffers;

namespace Skywire.Wifi.Control;

/// <summary>Reads events. Never throws; an unknown one is <see cref="SupplicantEventKind.Other"/>.</summary>
public static class SupplicantEventParser
{
    /// <summary>Longest text kept, characters.</summary>
    public const int MaxText = 200;

    private const string TemporarilyDisabled = "CTRL-EVENT-SSID-TEMP-DISABLED";
    private const string DriverState = "CTRL-EVENT-DRIVER-STATE";

    private static readonly SearchValues<char> AddressEnds = SearchValues.Create(" =[]");

    // By the first word. A peer that is refused is not the same as a kernel that refuses.
    private static readonly Dictionary<string, SupplicantEventKind> Kinds = new(StringComparer.Ordinal)
    {
        ["MESH-GROUP-STARTED"] = SupplicantEventKind.Up,
        ["AP-ENABLED"] = SupplicantEventKind.Up,
        ["CTRL-EVENT-CONNECTED"] = SupplicantEventKind.Up,
        ["MESH-GROUP-REMOVED"] = SupplicantEventKind.Down,
        ["AP-DISABLED"] = SupplicantEventKind.Down,
        ["CTRL-EVENT-DISCONNECTED"] = SupplicantEventKind.Down,
        ["CTRL-EVENT-TERMINATING"] = SupplicantEventKind.Down,
        ["MESH-PEER-CONNECTED"] = SupplicantEventKind.PeerJoined,
        ["AP-STA-CONNECTED"] = SupplicantEventKind.PeerJoined,
        ["IBSS-RSN-COMPLETED"] = SupplicantEventKind.PeerJoined,
        ["MESH-PEER-DISCONNECTED"] = SupplicantEventKind.PeerLeft,
        ["AP-STA-DISCONNECTED"] = SupplicantEventKind.PeerLeft,
        ["MESH-SAE-AUTH-FAILURE"] = SupplicantEventKind.PeerRefused,
        ["MESH-SAE-AUTH-BLOCKED"] = SupplicantEventKind.PeerRefused,
        ["AP-STA-POSSIBLE-PSK-MISMATCH"] = SupplicantEventKind.PeerRefused,
        ["CTRL-EVENT-SAE-UNKNOWN-PASSWORD-IDENTIFIER"] = SupplicantEventKind.PeerRefused,
        ["CTRL-EVENT-AUTH-REJECT"] = SupplicantEventKind.PeerRefused,
        ["CTRL-EVENT-ASSOC-REJECT"] = SupplicantEventKind.PeerRefused,
        ["INTERFACE-DISABLED"] = SupplicantEventKind.InterfaceLost,
    };

    // By the beginning: sentences instead of words.
    private static readonly string[] Refusals = ["mesh join error=", "Could not join mesh", "Failed to start AP functionality", "Could not set channel for mesh", "ACS-FAILED", "Unsupported driver", "Failed to set interface into "];

    /// <summary>True when a datagram is an event and not an answer: it begins with a level, "&lt;3&gt;", perhaps behind the interface's name.</summary>
    public static bool IsEvent(ReadOnlySpan<byte> datagram)
    {
        if (datagram.StartsWith("IFNAME="u8))
        {
            datagram = datagram[Math.Max(datagram.IndexOf((byte)' ') + 1, 0)..];
        }

        return datagram is [(byte)'<', >= (byte)'0' and <= (byte)'9', (byte)'>', ..];
    }

    /// <summary>The event in a datagram, as number <paramref name="number"/>.</summary>
    public static SupplicantEvent Parse(ReadOnlySpan<byte> datagram, long number)
    {
        if (IsEvent(datagram))
        {
            datagram = datagram[(datagram.IndexOf((byte)'>') + 1)..];
        }

        var text = Printable(datagram);
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var word = space < 0 ? text : text[..space];
        return new SupplicantEvent(number, KindOf(word, text), AddressOf(text), text);
    }

    private static SupplicantEventKind KindOf(string word, string text) => word switch
    {
        // Given up for a while: with the wrong passphrase it will not be let in later either. Other reasons (no answer) are its own business.
        TemporarilyDisabled => Has(text, " reason=WRONG_KEY") || Has(text, " reason=AUTH_FAILED") ? SupplicantEventKind.PeerRefused : SupplicantEventKind.Other,
        DriverState => Has(text, " HANGED") || Has(text, " STOPPED") ? SupplicantEventKind.InterfaceLost : SupplicantEventKind.Other,
        _ => Kinds.TryGetValue(word, out var kind) ? kind
            : Refusals.Any(r => text.StartsWith(r, StringComparison.Ordinal)) ? SupplicantEventKind.Refused : SupplicantEventKind.Other,
    };

    // The whole word: the text ends or a blank follows.
    private static bool Has(string text, string word)
    {
        var at = text.IndexOf(word, StringComparison.Ordinal);
        return at >= 0 && (at + word.Length == text.Length || text[at + word.Length] == ' ');
    }

    // The first address of the line: "02:...", "addr=02:...", "bssid=02:...".
    private static string AddressOf(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny(AddressEnds);
            var word = end < 0 ? text : text[..end];
            if (MacAddresses.IsValid(word))
            {
                return word.ToString().ToLowerInvariant();
            }

            text = end < 0 ? [] : text[(end + 1)..];
        }

        return "";
    }

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.TrimEnd("\r\n \0"u8);
        return string.Create(Math.Min(bytes.Length, MaxText), bytes, static (text, from) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = from[i] is >= (byte)' ' and <= (byte)'~' ? (char)from[i] : '?';
            }
        });
    }
}
