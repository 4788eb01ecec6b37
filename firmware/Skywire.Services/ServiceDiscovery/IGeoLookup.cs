// Where an address is. The data are not ours to ship, so a lookup is something the operator may add.
using System.Net;

namespace Skywire.Services.ServiceDiscovery;

/// <summary>A place, to two decimals.</summary>
public sealed record GeoPlace(double Latitude, double Longitude, string Country, string Region);

/// <summary>Finds the place of an address.</summary>
public interface IGeoLookup
{
    /// <summary>The place; null when unknown.</summary>
    GeoPlace? Find(IPAddress address);
}

/// <summary>Knows no place: listings carry none then.</summary>
public sealed class NoGeoLookup : IGeoLookup
{
    /// <inheritdoc/>
    public GeoPlace? Find(IPAddress address) => null;
}
