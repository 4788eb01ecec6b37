using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Tests.Emulation;

public sealed class DeviceTreeTextTests
{
    private const string Emulator = """
        /dts-v1/;

        / {
        	psci {
        		compatible = "arm,psci-1.0\0arm,psci";
        	};
        	compatible = "linux,dummy-virt";
        };
        """;

    [Fact]
    public void Compose_Fragment_ComesBehindTheEmulatorsTree()
    {
        var text = DeviceTreeText.Compose(Emulator, "/ {\n\tleds { };\n};", "0001", []);
        Assert.True(text.IndexOf("leds", StringComparison.Ordinal) > text.IndexOf("dummy-virt", StringComparison.Ordinal));
        Assert.Contains("serial-number = \"0001\";", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Split("dummy-virt").Length - 1);
    }

    [Fact]
    public void Compose_Compatible_IsWrittenLast()
        => Assert.Contains("compatible = \"skyminer,qemu-raspi3b\", \"brcm,bcm2837\";\n};\n", DeviceTreeText.Compose(Emulator, null, "0001", ["skyminer,qemu-raspi3b", "brcm,bcm2837"]), StringComparison.Ordinal);

    [Fact]
    public void Compatible_OfTheRoot_IsNotThatOfANode() => Assert.Equal(["linux,dummy-virt"], DeviceTreeText.Compatible(Emulator));

    [Theory]
    [InlineData("compatible = \"a,b\", \"c,d\";")]
    [InlineData("compatible = \"a,b\\0c,d\";")]
    public void Compatible_BothFormsOfAList_GiveItsParts(string line) => Assert.Equal(["a,b", "c,d"], DeviceTreeText.Compatible("/ {\n\t" + line + "\n};"));
}
