// What the kernel's refusals mean to who operates a board: numbers become words, with what can be done.
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

/// <summary>Words for refusals.</summary>
internal static class Refusal
{
    /// <summary>The exception for a refusal of <paramref name="what"/>. <paramref name="invalid"/>: what it means when the kernel calls the request invalid.</summary>
    public static RadioException Of(string what, NetlinkException e, string invalid)
    {
        var why = e.ErrorCode == ErrorNumber.Invalid ? invalid : Words(e);
        // The kernel's own words say more than a number, where it has some.
        return new RadioException(e.Text.Length > 0 && !why.Contains(e.Text, StringComparison.Ordinal) ? $"{what}: {why} (kernel: {e.Text})" : $"{what}: {why}", e.ErrorCode);
    }

    private static string Words(NetlinkException e) => e.ErrorCode switch
    {
        ErrorNumber.NotPermitted => "not permitted; it needs root or CAP_NET_ADMIN",
        ErrorNumber.NoEntry => "the kernel knows no such station, path or radio",
        ErrorNumber.Busy => "the radio is busy with something else; an interface whose type changes has to be down, and not every radio can be two things at once",
        ErrorNumber.Exists or ErrorNumber.NotUnique => "there is one of this name already",
        ErrorNumber.NoDevice => "the interface or radio is gone",
        ErrorNumber.TooManyOpen => "the radio takes no more interfaces",
        ErrorNumber.OutOfRange => "a value is outside of what the kernel takes",
        ErrorNumber.NoLink or ErrorNumber.NotConnected => "the interface has joined no network yet",
        ErrorNumber.NotSupported => "the radio's driver cannot do this",
        ErrorNumber.NetworkDown => "the interface is switched off",
        ErrorNumber.TimedOut => "the kernel did not answer in time",
        ErrorNumber.Already => "it is so already, or being done",
        ErrorNumber.SwitchedOff => "the radio is switched off (rfkill): by a switch of the board, or by software; rfkill list shows which",
        _ => e.Message,
    };
}
