// Sockets that live inside a board's network namespace, used from this process.
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Skywire.Workbench.Lab;

/// <summary>
/// A socket belongs to the namespace of the thread that makes it, for its whole life. So one thread per namespace enters it and makes sockets
/// there for everybody else.
/// </summary>
internal static partial class NamespaceSockets
{
    private const int CloneNewNet = 0x40000000;
    private static readonly Dictionary<string, Factory> Factories = [];

    /// <summary>A TCP socket inside the namespace; an ordinary one for null.</summary>
    public static Socket Create(string? networkNamespace)
    {
        if (networkNamespace is null)
        {
            return new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        }

        Factory factory;
        lock (Factories)
        {
            if (!Factories.TryGetValue(networkNamespace, out factory!))
            {
                factory = new Factory(networkNamespace);
                Factories.Add(networkNamespace, factory);
            }
        }

        return factory.Create();
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNs(int fd, int type);

    private sealed class Factory
    {
        private readonly System.Collections.Concurrent.BlockingCollection<TaskCompletionSource<Socket>> _requests = [];
        private readonly string _namespace;

        public Factory(string networkNamespace)
        {
            _namespace = networkNamespace;
            new Thread(Run) { IsBackground = true, Name = "namespace " + networkNamespace }.Start();
        }

        public Socket Create()
        {
            var request = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
            _requests.Add(request);
            return request.Task.GetAwaiter().GetResult();
        }

        private void Run()
        {
            Exception? failure = null;
            try
            {
                using var handle = File.OpenHandle("/run/netns/" + _namespace);
                if (SetNs((int)handle.DangerousGetHandle(), CloneNewNet) != 0)
                {
                    failure = new WorkbenchException($"cannot enter the namespace {_namespace}: {Marshal.GetLastPInvokeErrorMessage()}", "run as root, or start the lab with --no-namespaces");
                }
            }
            catch (IOException e)
            {
                failure = new WorkbenchException($"no namespace {_namespace}: {e.Message}", "start the lab: tools/skyminer up --detach");
            }

            foreach (var request in _requests.GetConsumingEnumerable())
            {
                if (failure is not null)
                {
                    request.SetException(failure);
                }
                else
                {
                    request.SetResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                }
            }
        }
    }
}
