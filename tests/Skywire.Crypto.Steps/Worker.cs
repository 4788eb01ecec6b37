// The process whose instructions are counted.
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Skywire.Crypto.Steps;

/// <summary>Runs one operation once for each secret, every run between two markers, when the tracer says so.</summary>
internal static unsafe class Worker
{
    private const int WarmUps = 5;

    internal static int Run(string operation, string[] secrets)
    {
        var parsed = secrets.Select(Convert.FromHexString).ToArray();
        var work = Operation(operation);
        var flag = (int*)NativeMemory.AllocZeroed(sizeof(int));
        var marker = NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "getppid");
        Native.Control(Native.SetTracer, -1);

        // Whatever the runtime does at a first call, it does here.
        for (var i = 0; i < WarmUps; i++)
        {
            Round(work, parsed);
        }

        GC.Collect();
        Console.WriteLine($"{Native.ThreadId()} {(nint)flag:x} {marker:x} {parsed.Length}");
        Console.Out.Flush();
        while (Volatile.Read(ref *flag) == 0)
        {
            Native.Yield();
        }

        Round(work, parsed);
        return 0;
    }

    private static void Round(Action<byte[]> work, byte[][] secrets)
    {
        foreach (var secret in secrets)
        {
            Native.Marker();
            work(secret);
            Native.Marker();
        }
    }

    private static Action<byte[]> Operation(string name)
    {
        var peer = SecKey.ComputePublicKey(SHA256.HashData([1]));
        var digest = SHA256.HashData([2]);
        var product = new byte[PubKey.Size];
        return name switch
        {
            "ecdh" => secret => Ecdh.Multiply(secret, peer, product),

            // The first half is the key, the second the nonce: both are secret.
            "sign" => secret => Ecdsa.TrySignWithNonce(secret.AsSpan(0, SecKey.Size), digest, secret.AsSpan(SecKey.Size), out _),
            "keygen" => secret => SecKey.ComputePublicKey(secret),

            // Proves that the method sees a difference where there is one.
            "vartime" => secret =>
            {
                Scalar.Read(secret, out var scalar);
                Scalar.InvertVartime(in scalar, out _);
            }
            ,
            _ => throw new ArgumentException($"no operation {name}"),
        };
    }
}
