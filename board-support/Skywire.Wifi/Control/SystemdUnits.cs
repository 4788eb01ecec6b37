// The service manager over its D-Bus API (org.freedesktop.systemd1(5)). Asked a few times an hour: a connection an operation.
using Skywire.Linux.DBus;

namespace Skywire.Wifi.Control;

/// <summary>systemd. <paramref name="bus"/> is the address of the bus.</summary>
public sealed class SystemdUnits(string bus, TimeProvider time) : IUnits
{
    /// <summary>systemd's name on the bus.</summary>
    public const string Service = "org.freedesktop.systemd1";

    /// <summary>Object of the manager.</summary>
    public const string ManagerPath = "/org/freedesktop/systemd1";

    /// <summary>Interface of the manager.</summary>
    public const string Manager = "org.freedesktop.systemd1.Manager";

    private const string Properties = "org.freedesktop.DBus.Properties";
    private const string NoSuchUnit = "org.freedesktop.systemd1.NoSuchUnit";

    // Longer than the units' own limits for starting and stopping: what they say is better than "no answer".
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public async Task StartAsync(string unit, CancellationToken cancellationToken)
    {
        await ForgetFailureAsync(unit, cancellationToken);
        await JobAsync("StartUnit", unit, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RestartAsync(string unit, CancellationToken cancellationToken)
    {
        await ForgetFailureAsync(unit, cancellationToken);
        await JobAsync("RestartUnit", unit, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task StopAsync(string unit, CancellationToken cancellationToken)
    {
        try
        {
            await JobAsync("StopUnit", unit, cancellationToken);
        }
        catch (IOException e) when (e.InnerException is DBusException { Name: NoSuchUnit })
        {
            // Never loaded: it does not run.
            return;
        }

        await ForgetFailureAsync(unit, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<UnitState> StateAsync(string unit, CancellationToken cancellationToken)
    {
        try
        {
            return await WithinAsync(unit, (connection, token) => ReadAsync(connection, unit, token), cancellationToken);
        }
        catch (IOException e) when (e.InnerException is DBusException { Name: NoSuchUnit })
        {
            return UnitState.None;
        }
    }

    private static async Task<UnitState> ReadAsync(DBusConnection connection, string unit, CancellationToken cancellationToken)
    {
        var path = (await connection.CallAsync(Call("GetUnit", "s", unit), cancellationToken)) is [DBusPath found, ..] ? found.Text : throw new IOException("systemd named no object for the unit");
        async Task<object> GetAsync(string kind, string property)
        {
            var answer = await connection.CallAsync(new DBusCall(Service, path, Properties, "Get", "ss", $"{Service}.{kind}", property), cancellationToken);
            return answer.Count > 0 ? DBusValues.Plain(answer[0]) : "";
        }

        return new UnitState(
            await GetAsync("Unit", "ActiveState") as string ?? "",
            await GetAsync("Unit", "SubState") as string ?? "",
            await GetAsync("Service", "Result") as string ?? "",
            await GetAsync("Service", "ExecMainStatus") is int status ? status : 0);
    }

    private static DBusCall Call(string member, string signature, params IReadOnlyList<object> body) => new(Service, ManagerPath, Manager, member, signature, body);

    // A unit in the state "failed" may refuse to start (start-limit-hit), and one that is stopped would stay in the list of failures.
    private async Task ForgetFailureAsync(string unit, CancellationToken cancellationToken)
    {
        try
        {
            await WithinAsync(unit, (connection, token) => connection.CallAsync(Call("ResetFailedUnit", "s", unit), token), cancellationToken);
        }
        catch (IOException e) when (e.InnerException is DBusException { Name: NoSuchUnit })
        {
            // Not loaded: there is nothing to forget.
            return;
        }
    }

    // The answer to StartUnit only says that the job stands in the queue; JobRemoved says how it ended.
    private Task<bool> JobAsync(string member, string unit, CancellationToken cancellationToken) => WithinAsync(
        unit,
        async (connection, token) =>
        {
            var jobs = new JobResults();
            await connection.ListenAsync($"type='signal',sender='{Service}',interface='{Manager}',member='JobRemoved'", jobs.Hear, token);
            // Without a subscriber systemd sends no signals.
            await connection.CallAsync(Call("Subscribe", ""), token);
            var answer = await connection.CallAsync(Call(member, "ss", unit, "replace"), token);
            var result = answer is [DBusPath job, ..] ? await jobs.WaitAsync(job.Text).WaitAsync(token) : throw new IOException($"systemd named no job for {member} {unit}");
            return result == "done" ? true : throw new IOException($"{member} {unit}: {InWords(result)}");
        },
        cancellationToken);

    private static string InWords(string result) => result switch
    {
        "failed" => "it failed",
        "dependency" => "something it needs did not start",
        "timeout" => "it took too long",
        "canceled" => "another order came in between",
        "skipped" => "it does not apply here",
        _ => result,
    };

    private async Task<T> WithinAsync<T>(string unit, Func<DBusConnection, CancellationToken, Task<T>> use, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await using var connection = await DBusConnection.OpenAsync(bus, null, either.Token);
            return await use(connection, either.Token);
        }
        catch (DBusException e)
        {
            throw new IOException($"systemd refused for {unit}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"systemd gave no answer for {unit} within {Limit.TotalSeconds:0} s", e);
        }
    }

    // Results of jobs of this connection's time: one may be over before its name is known here.
    private sealed class JobResults
    {
        private const int MaxResults = 64;

        private readonly Lock _lock = new();
        private readonly Dictionary<string, string> _results = [];
        private readonly TaskCompletionSource<string> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string _wanted = "";

        public void Hear(DBusMessage signal)
        {
            // id (u), job (o), unit (s), result (s)
            if (signal is not { Member: "JobRemoved", Body: [_, DBusPath job, _, string result, ..] })
            {
                return;
            }

            lock (_lock)
            {
                if (job.Text == _wanted)
                {
                    _found.TrySetResult(result);
                }
                else if (_results.Count < MaxResults)
                {
                    _results[job.Text] = result;
                }
            }
        }

        public Task<string> WaitAsync(string job)
        {
            lock (_lock)
            {
                _wanted = job;
                if (_results.TryGetValue(job, out var result))
                {
                    _found.TrySetResult(result);
                }
            }

            return _found.Task;
        }
    }
}
