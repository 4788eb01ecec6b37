// Where the router looks up every packet (spec 12 §4).
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Routing;

/// <summary>Limits of the table.</summary>
public sealed record RoutingTableOptions
{
    /// <summary>The defaults.</summary>
    public static RoutingTableOptions Default { get; } = new();

    /// <summary>Reserved IDs and rules in all: a quarter of a million takes about 30 MB, what a small board can spare.</summary>
    public int MaxRules { get; init; } = 1 << 18;

    /// <summary>Reserved IDs and rules of one caller: half of the table, so that one setup node gone wild leaves room for the others.</summary>
    public int MaxPerCaller { get; init; } = 1 << 17;

    /// <summary>A reserved ID without a rule is given up after this; a set-up has 30 s (spec 13 §4), direct set-up one minute (§7).</summary>
    public TimeSpan ReservationLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest keep-alive obeyed: the reference asks for at most 10 minutes; a rule that asks for more may not stay for ever.</summary>
    public TimeSpan MaxKeepAlive { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>
/// Rules by route ID. IDs count up from 1 and are never reused. <see cref="Find"/> is lock-free, O(1) and allocates nothing; changes take a lock that the
/// packet path never touches. A slot holds nothing, a reservation (shared by all IDs of one call) or a rule.
/// </summary>
public sealed class RoutingTable
{
    // 1024 slots: 8 KiB a chunk. A chunk whose rules are all gone is given back, so memory follows the live rules and not the IDs ever used.
    private const int ChunkBits = 10;
    private const int ChunkSize = 1 << ChunkBits;

    private readonly RoutingTableOptions _options;
    private readonly TimeProvider _time;
    private readonly CauseCounters _causes;
    private readonly Lock _gate = new();
    private readonly Dictionary<PubKey, Account> _accounts = [];
    private readonly long _reservationStamps;
    private Chunk?[] _chunks = new Chunk?[1];
    private uint _nextId;
    private int _firstChunk;
    private int _held;
    private int _rules;

    /// <summary>An empty table.</summary>
    public RoutingTable(RoutingTableOptions options, TimeProvider time, CauseCounters causes)
        : this(options, time, causes, 1)
    {
    }

    internal RoutingTable(RoutingTableOptions options, TimeProvider time, CauseCounters causes, uint firstId)
    {
        _options = options;
        _time = time;
        _causes = causes;
        _nextId = firstId;
        _firstChunk = (int)(firstId >> ChunkBits);
        _reservationStamps = Stamps(options.ReservationLifetime);
    }

    /// <summary>Rules stored.</summary>
    public int Count => Volatile.Read(ref _rules);

    /// <summary>IDs reserved and still without a rule.</summary>
    public int ReservedCount => Volatile.Read(ref _held) - Count;

    /// <summary>The next <paramref name="count"/> IDs, for this caller alone. Null, and counted, when the caller or the table has reached its limit or the IDs are used up.</summary>
    public uint[]? Reserve(PubKey caller, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0)
        {
            return [];
        }

        lock (_gate)
        {
            var account = _accounts.GetValueOrDefault(caller);
            if (_held + count > _options.MaxRules || (account?.Held ?? 0) + count > _options.MaxPerCaller)
            {
                _causes.Add(ProtocolError.LimitReached);
                return null;
            }

            if (_nextId + (ulong)count >= uint.MaxValue)
            {
                _causes.Add(ProtocolError.NoRouteIds);
                return null;
            }

            if (account is null)
            {
                account = new Account(caller);
                _accounts.Add(caller, account);
            }

            var reservation = new Reservation(account, _time.GetTimestamp());
            var ids = new uint[count];
            for (var i = 0; i < count; i++)
            {
                var id = _nextId++;
                ids[i] = id;
                var chunk = ChunkFor(id);
                Volatile.Write(ref chunk.Slots[id & (ChunkSize - 1)], reservation);
                chunk.Used++;
                chunk.EarliestDue = Math.Min(chunk.EarliestDue, reservation.Since + _reservationStamps);
            }

            account.Held += count;
            _held += count;
            return ids;
        }
    }

    /// <summary>
    /// Stores a rule under its key ID and marks it active now. The ID must be reserved and still free; when <paramref name="caller"/> is given, by that caller.
    /// False, and counted, otherwise.
    /// </summary>
    public bool Save(RoutingRule rule, PubKey? caller)
    {
        ArgumentNullException.ThrowIfNull(rule);
        lock (_gate)
        {
            var chunk = ChunkOf(_chunks, rule.KeyRouteId);
            var slots = chunk?.Slots;
            if (slots is null || slots[rule.KeyRouteId & (ChunkSize - 1)] is not Reservation reservation || (caller is { } key && reservation.Account.Caller != key))
            {
                _causes.Add(ProtocolError.BadRule);
                return false;
            }

            rule.Account = reservation.Account;
            rule.KeepAliveStamps = Stamps(rule.KeepAlive < _options.MaxKeepAlive ? rule.KeepAlive : _options.MaxKeepAlive);
            rule.LastActive = _time.GetTimestamp();
            chunk!.EarliestDue = Math.Min(chunk.EarliestDue, rule.LastActive + rule.KeepAliveStamps);
            Volatile.Write(ref slots[rule.KeyRouteId & (ChunkSize - 1)], rule);
            _rules++;
            return true;
        }
    }

    /// <summary>True when the ID is reserved and has no rule yet (by <paramref name="caller"/>, when given).</summary>
    public bool IsReserved(uint id, PubKey? caller)
    {
        lock (_gate)
        {
            return SlotsOf(_chunks, id)?[id & (ChunkSize - 1)] is Reservation reservation && (caller is not { } key || reservation.Account.Caller == key);
        }
    }

    /// <summary>The rule of an ID, expired or not; null when there is none. Lock-free, no allocation.</summary>
    public RoutingRule? Find(uint id) => SlotsOf(Volatile.Read(ref _chunks), id) is { } slots ? Volatile.Read(ref slots[id & (ChunkSize - 1)]) as RoutingRule : null;

    /// <summary>Removes a rule; false when it was not there any more.</summary>
    public bool Remove(RoutingRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        lock (_gate)
        {
            var slots = SlotsOf(_chunks, rule.KeyRouteId);
            if (slots is null || !ReferenceEquals(slots[rule.KeyRouteId & (ChunkSize - 1)], rule))
            {
                return false;
            }

            Clear(rule.KeyRouteId, (Account)rule.Account!, wasRule: true);
            return true;
        }
    }

    /// <summary>
    /// Removes what has expired: rules without activity for their keep-alive, reservations that got no rule in time. <paramref name="removed"/> is called, without the
    /// lock, for each rule removed. Holds the lock for one chunk at a time. Returns the number of rules removed.
    /// </summary>
    public int Sweep(Action<RoutingRule>? removed)
    {
        var now = _time.GetTimestamp();
        var expired = new List<RoutingRule>();
        var total = 0;
        for (var index = _firstChunk; ; index++)
        {
            lock (_gate)
            {
                if (index >= _chunks.Length || (uint)index > _nextId >> ChunkBits)
                {
                    break;
                }

                SweepChunk(index, now, expired);
                if (index == _firstChunk && _chunks[index] is null && (uint)index < _nextId >> ChunkBits)
                {
                    _firstChunk++;
                }
            }

            total += expired.Count;
            foreach (var rule in expired)
            {
                removed?.Invoke(rule);
            }

            expired.Clear();
        }

        return total;
    }

    /// <summary>All rules, lowest ID first, for display.</summary>
    public IReadOnlyList<RoutingRule> Snapshot()
    {
        var list = new List<RoutingRule>();
        foreach (var chunk in Volatile.Read(ref _chunks))
        {
            foreach (var slot in chunk?.Slots ?? [])
            {
                if (slot is RoutingRule rule)
                {
                    list.Add(rule);
                }
            }
        }

        return list;
    }

    private void SweepChunk(int index, long now, List<RoutingRule> expired)
    {
        // Activity only puts an expiry off: nothing in the chunk can be due before what was the earliest at the last look.
        if (_chunks[index] is not { } chunk || now <= chunk.EarliestDue)
        {
            return;
        }

        var earliest = long.MaxValue;
        for (var i = 0; i < ChunkSize; i++)
        {
            var id = ((uint)index << ChunkBits) | (uint)i;
            switch (chunk.Slots[i])
            {
                case RoutingRule rule:
                    var due = rule.LastActive + rule.KeepAliveStamps;
                    if (now > due)
                    {
                        Clear(id, (Account)rule.Account!, wasRule: true);
                        expired.Add(rule);
                    }
                    else
                    {
                        earliest = Math.Min(earliest, due);
                    }

                    break;
                case Reservation reservation:
                    due = reservation.Since + _reservationStamps;
                    if (now > due)
                    {
                        Clear(id, reservation.Account, wasRule: false);
                    }
                    else
                    {
                        earliest = Math.Min(earliest, due);
                    }

                    break;
            }
        }

        chunk.EarliestDue = earliest;
    }

    private void Clear(uint id, Account account, bool wasRule)
    {
        var index = (int)(id >> ChunkBits);
        var chunk = _chunks[index]!;
        Volatile.Write(ref chunk.Slots[id & (ChunkSize - 1)], null);
        if (--chunk.Used == 0 && (uint)index < _nextId >> ChunkBits)
        {
            Volatile.Write(ref _chunks[index], null);
        }

        _held--;
        _rules -= wasRule ? 1 : 0;
        if (--account.Held == 0)
        {
            _accounts.Remove(account.Caller);
        }
    }

    private Chunk ChunkFor(uint id)
    {
        var index = (int)(id >> ChunkBits);
        if (index >= _chunks.Length)
        {
            var grown = new Chunk?[Math.Max(index + 1, _chunks.Length * 2)];
            _chunks.CopyTo(grown, 0);
            Volatile.Write(ref _chunks, grown);
        }

        if (_chunks[index] is { } chunk)
        {
            return chunk;
        }

        chunk = new Chunk();
        Volatile.Write(ref _chunks[index], chunk);
        return chunk;
    }

    private static object?[]? SlotsOf(Chunk?[] chunks, uint id) => ChunkOf(chunks, id)?.Slots;

    private static Chunk? ChunkOf(Chunk?[] chunks, uint id)
    {
        var index = id >> ChunkBits;
        return index < (uint)chunks.Length ? Volatile.Read(ref chunks[index]) : null;
    }

    private long Stamps(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private sealed class Chunk
    {
        public object?[] Slots { get; } = new object?[ChunkSize];

        public int Used { get; set; }

        /// <summary>Time stamp before which nothing in it expires.</summary>
        public long EarliestDue { get; set; } = long.MaxValue;
    }

    private sealed class Account(PubKey caller)
    {
        public PubKey Caller { get; } = caller;

        public int Held { get; set; }
    }

    private sealed class Reservation(Account account, long since)
    {
        public Account Account { get; } = account;

        public long Since { get; } = since;
    }
}
