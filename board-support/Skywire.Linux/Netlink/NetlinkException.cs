// The kernel refused a request.
using System.Runtime.InteropServices;

namespace Skywire.Linux.Netlink;

/// <summary>An error answer of the kernel.</summary>
/// <param name="errorCode">Its number (errno), positive.</param>
/// <param name="text">What the kernel says of it (NLMSGERR_ATTR_MSG); "" when it says nothing.</param>
public sealed class NetlinkException(int errorCode, string text) : IOException(text.Length > 0 ? $"{Marshal.GetPInvokeErrorMessage(errorCode)}: {text}" : Marshal.GetPInvokeErrorMessage(errorCode))
{
    /// <summary>The error's number (errno), positive.</summary>
    public int ErrorCode { get; } = errorCode;

    /// <summary>What the kernel says of it; "" when it says nothing.</summary>
    public string Text { get; } = text;
}
