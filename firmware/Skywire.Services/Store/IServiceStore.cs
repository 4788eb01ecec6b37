// What services keep: small records with an optional expiry, changed in transactions. One interface, so that an embedded file, memory, or a database
// server shared by many instances can stand behind every service alike.
namespace Skywire.Services.Store;

/// <summary>One record. <paramref name="Expires"/> is null for a record that stays until deleted.</summary>
internal sealed record StoredRecord(string Key, ReadOnlyMemory<byte> Value, DateTimeOffset? Expires);

/// <summary>Records by kind and key. Expired records are invisible at once and removed by <see cref="Sweep"/>. Thread-safe.</summary>
internal interface IServiceStore : IDisposable
{
    /// <summary>Runs <paramref name="work"/> over one consistent state. The reader must not be kept.</summary>
    T Read<T>(Func<IStoreReader, T> work);

    /// <summary>Runs <paramref name="work"/> alone and makes its changes visible all together, or none of them when it throws. The writer must not be kept.</summary>
    T Write<T>(Func<IStoreWriter, T> work);

    /// <summary>Removes at most <paramref name="most"/> expired records; returns how many.</summary>
    int Sweep(int most);
}

/// <summary>Reads inside a transaction.</summary>
internal interface IStoreReader
{
    /// <summary>The record, or null.</summary>
    StoredRecord? Get(string kind, string key);

    /// <summary>Records whose key starts with <paramref name="prefix"/>, in ordinal order of the keys.</summary>
    IReadOnlyList<StoredRecord> Scan(string kind, string prefix = "");
}

/// <summary>Reads and changes inside a transaction; a transaction sees its own changes.</summary>
internal interface IStoreWriter : IStoreReader
{
    /// <summary>Creates or replaces a record.</summary>
    void Put(string kind, string key, ReadOnlySpan<byte> value, DateTimeOffset? expires);

    /// <summary>Removes a record; false when there was none.</summary>
    bool Delete(string kind, string key);
}

/// <summary>The store cannot be opened or used: which file, what is wrong, what to do.</summary>
internal sealed class StoreException(string message, Exception? inner = null) : IOException(message, inner);
