using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class OtaLifeTests
{
    [Fact]
    public void WrittenSince_ReportsBeforeTheRestart_AreCounted()
        => Assert.Equal(300 * 512, OtaLife.WrittenSince("check: written 1000\r\nother\r\ncheck: written 1300\r\nU-Boot 2025.01\r\ncheck: written 9999\r\n"));

    [Fact]
    public void WrittenSince_NoReport_IsZero() => Assert.Equal(0, OtaLife.WrittenSince("U-Boot 2025.01"));
}
