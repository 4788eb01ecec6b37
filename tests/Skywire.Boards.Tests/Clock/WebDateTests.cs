using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Skywire.Boards.Clock;
using Skywire.Testing;

namespace Skywire.Boards.Tests.Clock;

// Real TLS servers on loopback; the date they give is years away from this machine's, as on a board that just woke up.
public sealed class WebDateTests : TestBase
{
    private static readonly DateTimeOffset Then = new(2040, 5, 6, 7, 8, 9, TimeSpan.Zero);
    private readonly List<IDisposable> _own = [];

    [Fact]
    public async Task AskAsync_TwoAgree_GivesTheirDateAtWhichTheirCertificatesHold()
    {
        using var authority = Authority.Make(Then);
        var servers = new[] { Server(authority, Then, Then), Server(authority, Then, Then.AddSeconds(2)) };
        var (date, notes) = await AskAsync(authority, servers);
        Assert.Empty(notes);
        Assert.InRange(date!.Value, Then, Then.AddSeconds(60));
    }

    [Fact]
    public async Task AskAsync_OnlyOneAnswers_IsNotBelieved()
    {
        using var authority = Authority.Make(Then);
        var (date, notes) = await AskAsync(authority, [Server(authority, Then, Then)]);
        Assert.Null(date);
        Assert.Contains("1 server answered, no two agree", notes);
    }

    [Fact]
    public async Task AskAsync_Disagreement_IsSettledByTheThird()
    {
        using var authority = Authority.Make(Then);
        var (date, _) = await AskAsync(authority, [Server(authority, Then, Then.AddDays(1)), Server(authority, Then, Then), Server(authority, Then, Then)]);
        Assert.InRange(date!.Value, Then, Then.AddSeconds(60));
    }

    // A date outside of its own certificate's life is a lie, whatever it is.
    [Fact]
    public async Task AskAsync_DateBeyondItsCertificate_IsRefused()
    {
        using var authority = Authority.Make(Then);
        var (date, notes) = await AskAsync(authority, [Server(authority, Then, Then.AddYears(5)), Server(authority, Then, Then.AddYears(5))]);
        Assert.Null(date);
        Assert.Equal(2, notes.Count(n => n.Contains("not trusted at the date", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AskAsync_UnknownAuthority_IsRefused()
    {
        using var known = Authority.Make(Then);
        using var other = Authority.Make(Then);
        var (date, notes) = await AskAsync(known, [Server(other, Then, Then), Server(other, Then, Then)]);
        Assert.Null(date);
        Assert.Equal(2, notes.Count);
    }

    [Fact]
    public async Task AskAsync_NobodyListens_IsSaid()
    {
        using var authority = Authority.Make(Then);
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var (date, notes) = await AskAsync(authority, [new WebDateServer("localhost", ((IPEndPoint)held.LocalEndPoint!).Port)]);
        Assert.Null(date);
        Assert.Single(notes);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nDate: Sun, 06 May 2040 07:08:09 GMT\r\n\r\n", true)]
    [InlineData("HTTP/1.1 301 Moved\r\nServer: x\r\ndate:Sun, 06 May 2040 07:08:09 GMT\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nDate: Sun, 06 May 2040 07:08:09 GMT\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nDate: yesterday\r\n\r\n", false)]
    [InlineData("Date: Sun, 06 May 2040 07:08:09 GMT\r\n\r\n", false)]
    public void DateOf_Reply_IsReadWholeOrNotAtAll(string reply, bool good) => Assert.Equal(good ? Then : null, WebDate.DateOf(Encoding.ASCII.GetBytes(reply)));

    protected override void Dispose(bool disposing)
    {
        _own.ForEach(o => o.Dispose());
        base.Dispose(disposing);
    }

    private async Task<(DateTimeOffset? Date, List<string> Notes)> AskAsync(Authority authority, IReadOnlyList<WebDateServer> servers)
    {
        var notes = new List<string>();
        return (await new WebDate(TimeProvider.System, [authority.Root]).AskAsync(servers, notes, Deadline), notes);
    }

    private WebDateServer Server(Authority authority, DateTimeOffset valid, DateTimeOffset date)
    {
        var certificate = authority.Issue(valid);
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _own.Add(listener);
        _own.Add(certificate);
        _ = ServeAsync();
        return new WebDateServer("localhost", ((IPEndPoint)listener.LocalEndpoint).Port);

        async Task ServeAsync()
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(Deadline);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Deadline);
                _ = await tls.ReadAsync(new byte[4096], Deadline);
                await tls.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nDate: {date.UtcDateTime:R}\r\n\r\n"), Deadline);
            }
            catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
            {
                // The other side refused, or the test is over: both are what the test looks at.
            }
        }
    }

    private sealed class Authority(X509Certificate2 root) : IDisposable
    {
        public X509Certificate2 Root => root;

        public static Authority Make(DateTimeOffset around)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=Test Authority", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            return new Authority(request.CreateSelfSigned(around.AddYears(-1), around.AddYears(1)));
        }

        public X509Certificate2 Issue(DateTimeOffset around)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            using var issued = request.Create(root, around.AddDays(-30), around.AddDays(60), RandomNumberGenerator.GetBytes(8));
            using var withKey = issued.CopyWithPrivateKey(key);
            return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        }

        public void Dispose() => root.Dispose();
    }
}
