// Error numbers of the kernel that radios answer with (include/uapi/asm-generic/errno.h).
namespace Skywire.Wifi.Kernel;

/// <summary>Numbers of errors, by the kernel's names.</summary>
internal static class ErrorNumber
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int NoDevice = 19;
    public const int Invalid = 22;
    public const int TooManyOpen = 23;
    public const int OutOfRange = 34;
    public const int NoLink = 67;
    public const int NotUnique = 76;
    public const int NotSupported = 95;
    public const int NetworkDown = 100;
    public const int NotConnected = 107;
    public const int TimedOut = 110;
    public const int Already = 114;
    public const int SwitchedOff = 132;
}
