// Members are dialled where their beacons come from; nobody has to be asked, so that links stand before any service does.
using System.Net;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Box;

namespace Skywire.Visor.Box;

/// <summary>Answers for members from their beacons and passes everything else on. Announcements go to all resolvers.</summary>
internal sealed class BoxAddressBook(Func<PubKey, BoxMember?> find, IAddressResolver? named, IAddressResolver box) : IAddressResolver
{
    /// <inheritdoc/>
    public Task BindStcprAsync(int port, IReadOnlyList<string> addresses, CancellationToken cancellationToken) =>
        named is null ? box.BindStcprAsync(port, addresses, cancellationToken) : Pair.BothAsync(named.BindStcprAsync(port, addresses, cancellationToken), box.BindStcprAsync(port, addresses, cancellationToken));

    /// <inheritdoc/>
    public Task UnbindStcprAsync(CancellationToken cancellationToken) =>
        named is null ? box.UnbindStcprAsync(cancellationToken) : Pair.BothAsync(named.UnbindStcprAsync(cancellationToken), box.UnbindStcprAsync(cancellationToken));

    /// <inheritdoc/>
    public async Task<ResolvedAddress?> ResolveAsync(string type, PubKey key, CancellationToken cancellationToken)
    {
        if (type == TransportTypes.Stcpr && find(key) is { StcprPort: > 0, Addresses: [var first, ..] } member)
        {
            var port = member.StcprPort.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return new ResolvedAddress(new IPEndPoint(first, member.StcprPort).ToString(), IsLocal: true, port, [.. member.Addresses.Select(a => a.ToString())]);
        }

        if (named is null)
        {
            return await box.ResolveAsync(type, key, cancellationToken);
        }

        try
        {
            if (await named.ResolveAsync(type, key, cancellationToken) is { } found)
            {
                return found;
            }
        }
        catch (IOException)
        {
            // Counted where it happened; the box may know.
        }

        return await box.ResolveAsync(type, key, cancellationToken);
    }
}
