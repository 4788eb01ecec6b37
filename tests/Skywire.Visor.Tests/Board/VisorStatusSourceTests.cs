using System.Net.Sockets;
using System.Text;
using Skywire.Boards.Running;
using Skywire.Testing;
using Skywire.Visor.Board;

namespace Skywire.Visor.Tests.Board;

public sealed class VisorStatusSourceTests : TestBase
{
    private const string Reply = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"state\":\"joined\",\"state_reason\":\"why\",\"public_key\":\"02ab\",\"box\":{\"mesh_name\":\"home\",\"joined\":true,\"serving\":{\"key\":\"02\",\"name\":\"attic\",\"address\":\"192.0.2.1\",\"is_self\":true},\"members\":[{},{}]},\"update\":{\"phase\":\"installing\"}}";
    private readonly Skywire.Testing.TempFolder _folder = new();

    [Fact]
    public async Task AskAsync_AnswerInPieces_IsReadWhole()
    {
        using var server = Listen();
        var ask = Source().AskAsync(Deadline);
        using (var connection = await server.AcceptAsync(Deadline))
        {
            var buffer = new byte[1024];
            var read = await connection.ReceiveAsync(buffer, Deadline);
            Assert.StartsWith("GET /api/v1/status HTTP/1.0\r\n", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
            foreach (var piece in Encoding.ASCII.GetBytes(Reply).Chunk(7))
            {
                await connection.SendAsync(piece, Deadline);
            }
        }

        Assert.Equal((new MeshStatus("joined", "why", "02ab", new MeshBox("home", true, 3, "attic", true, ""), "installing"), ""), await ask);
    }

    [Fact]
    public async Task AskAsync_NobodyListens_IsAFaultInWords() => Assert.Equal((null, "the visor does not run"), await Source().AskAsync(Deadline));

    // A visor that hangs accepts connections still: the kernel does that for it.
    [Fact]
    public async Task AskAsync_HungVisor_IsAFaultWithinTheLimit()
    {
        using var server = Listen();
        var time = new VirtualTime();
        var ask = new VisorStatusSource(_folder.File("s"), time).AskAsync(Deadline);
        using var connection = await server.AcceptAsync(Deadline);
        while (time.PendingTimers == 0)
        {
            await Task.Yield();
        }

        time.Advance(VisorStatusSource.Limit);
        Assert.Equal((null, "the visor did not answer within 4 seconds"), await ask);
    }

    [Fact]
    public void Parse_CutAtEveryByte_IsAFault()
    {
        var whole = Encoding.ASCII.GetBytes(Reply);
        Assert.NotNull(VisorStatusSource.Parse(whole).Status);
        for (var length = 0; length < whole.Length; length++)
        {
            var (status, fault) = VisorStatusSource.Parse(whole.AsMemory(0, length));
            Assert.Null(status);
            Assert.NotEqual("", fault);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 503 x\r\n\r\n{}", "the visor answered 503")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n[]", "the visor's answer is no status")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n{\"state\":7}", "the visor's answer is no status")]
    [InlineData("SSH-2.0-x\r\n\r\n", "the visor's answer is cut off")]
    public void Parse_OtherAnswers_AreFaults(string reply, string fault) => Assert.Equal((null, fault), VisorStatusSource.Parse(Encoding.ASCII.GetBytes(reply)));

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private VisorStatusSource Source() => new(_folder.File("s"), TimeProvider.System);

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.File("s")));
        socket.Listen();
        return socket;
    }
}
