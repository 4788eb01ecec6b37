// The sessions of a server by key.
using Skywire.Crypto;
using Skywire.Dmsg.Sessions;

namespace Skywire.Dmsg.Server;

/// <summary>One session per key; the newest wins, for an old one of the same client is most likely dead (spec 03 §2). Thread-safe.</summary>
internal sealed class SessionTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PubKey, DmsgSession> _sessions = [];

    /// <summary>Sessions held.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>All sessions at this moment.</summary>
    public DmsgSession[] ToArray()
    {
        lock (_lock)
        {
            return [.. _sessions.Values];
        }
    }

    /// <summary>Files a session; the one it replaces, if any, is the caller's to close.</summary>
    public DmsgSession? Add(DmsgSession session)
    {
        lock (_lock)
        {
            var replaced = _sessions.GetValueOrDefault(session.RemoteKey);
            _sessions[session.RemoteKey] = session;
            return replaced;
        }
    }

    /// <summary>Removes a session, unless a newer one has taken its place.</summary>
    public void Remove(DmsgSession session)
    {
        lock (_lock)
        {
            if (_sessions.GetValueOrDefault(session.RemoteKey) == session)
            {
                _sessions.Remove(session.RemoteKey);
            }
        }
    }

    /// <summary>The session of a key; null when the client is not here.</summary>
    public DmsgSession? Find(PubKey key)
    {
        lock (_lock)
        {
            return _sessions.GetValueOrDefault(key);
        }
    }
}
