// Figures without the machine they come from mean nothing.
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Skywire.Bench.Measuring;

/// <summary>The machine and runtime of a run.</summary>
internal sealed record Machine(string Processor, string Features, int Cores, string Core, string Load, string Runtime, string System)
{
    /// <summary>True when the 512-bit kernels run, which have targets of their own.</summary>
    public static bool HasAvx512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    /// <summary>Reads it off this process: features are those the runtime uses, after any that were switched off.</summary>
    public static Machine Describe()
    {
        var info = File.ReadAllLines("/proc/cpuinfo");
        string? Field(string name) => info.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
        var processor = Field("model name") ?? $"implementer {Field("CPU implementer") ?? "?"} part {Field("CPU part") ?? "?"}";
        var family = Field("cpu family") is { } f ? $", family {f} model {Field("model\t")}" : "";
        var allowed = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("Cpus_allowed_list", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?";
        var cores = info.Count(l => l.StartsWith("processor", StringComparison.Ordinal));
        return new Machine(
            processor + family,
            string.Join(' ', DetectFeatures().Where(x => x.Has).Select(x => x.Name)),
            cores,
            allowed,
            string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]),
            string.Create(CultureInfo.InvariantCulture, $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}"),
            RuntimeInformation.OSDescription);
    }

    private static (string Name, bool Has)[] DetectFeatures() =>
    [
        ("AVX-512", HasAvx512),
        ("AVX-512-VBMI", Avx512Vbmi.IsSupported),
        ("AVX2", Avx2.IsSupported),
        ("BMI2", Bmi2.IsSupported),
        ("AdvSimd", AdvSimd.IsSupported),
        ("MultiplyHigh", ArmBase.Arm64.IsSupported),
        ("Sha256", Sha256.IsSupported),
        ("scalar-only", !Vector128.IsHardwareAccelerated),
    ];
}
