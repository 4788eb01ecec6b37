// Inversion modulo the group order.
namespace Skywire.Crypto;

internal partial struct Scalar
{
    private readonly struct OrderModulus : IInversionModulus
    {
        public static Signed62 Value => new() { V0 = 0x3FD25E8CD0364141, V1 = 0x2ABB739ABD2280EE, V2 = -0x15, V3 = 0, V4 = 0x100 };

        public static ulong Inverse => 0x34F20099AA774EC1UL;
    }

    /// <summary>1 / a modulo n, and 0 for 0.</summary>
    internal static void Invert(in Scalar a, out Scalar result)
    {
        var number = Signed62.FromWords(a.D0, a.D1, a.D2, a.D3);
        ModularInverse<OrderModulus>.Invert(ref number);
        number.ToWords(out result.D0, out result.D1, out result.D2, out result.D3);
        ConstantTime.Wipe(ref number);
    }

    /// <summary>1 / a modulo n, and 0 for 0, for public a.</summary>
    internal static void InvertVartime(in Scalar a, out Scalar result)
    {
        var number = Signed62.FromWords(a.D0, a.D1, a.D2, a.D3);
        ModularInverse<OrderModulus>.InvertVartime(ref number);
        number.ToWords(out result.D0, out result.D1, out result.D2, out result.D3);
    }
}
