// RAUC over D-Bus (de.pengutronix.rauc.Installer). The bus starts RAUC when it is called; it runs as root, and a policy file lets the visor's user call it.
using Skywire.Linux.DBus;
using Skywire.Update.Policy;

namespace Skywire.Update.Rauc;

/// <summary>The real installer. One connection per operation: RAUC is asked a few times a day. <paramref name="bus"/> is the bus' address.</summary>
public sealed class RaucClient(string bus, TimeProvider time) : IRauc
{
    /// <summary>RAUC's name on the bus.</summary>
    public const string Service = "de.pengutronix.rauc";

    /// <summary>Its interface.</summary>
    public const string Interface = "de.pengutronix.rauc.Installer";

    private const string Root = "/";
    private const string Properties = "org.freedesktop.DBus.Properties";

    // The meta group of the bundle's manifest that is ours.
    private const string MetaGroup = "skyminer";

    // RAUC starts, and checks a signature, within some seconds on the slowest board.
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(60);

    // 512 MB onto a slow card take some minutes.
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(30);

    /// <inheritdoc/>
    public async Task<BundleFacts> InspectAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(CallLimit, "InspectBundle", "sa{sv}", [path, DBusArray.NoOptions], cancellationToken);
        return ReadFacts(answer.Count > 0 ? answer[0] : "");
    }

    /// <inheritdoc/>
    public Task InstallAsync(string path, Action<RaucProgress> progress, CancellationToken cancellationToken) => WithinAsync(
        InstallLimit,
        async (connection, token) =>
        {
            var completed = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            await connection.ListenAsync($"type='signal',sender='{Service}',path='{Root}'", signal => Hear(signal, completed, progress), token);

            // A RAUC that ends without a word lets go of its name.
            await connection.ListenAsync($"type='signal',member='NameOwnerChanged',arg0='{Service}',arg2=''", signal => HearEnd(signal, completed), token);
            await connection.CallAsync(Call("InstallBundle", "sa{sv}", path, DBusArray.NoOptions), token);
            if (await completed.Task.WaitAsync(token) == 0)
            {
                return true;
            }

            var error = await connection.CallAsync(new DBusCall(Service, Root, Properties, "Get", "ss", Interface, "LastError"), token);
            throw new RaucException(RaucErrors.Map(error.Count > 0 && DBusValues.Plain(error[0]) is string text ? text : ""));
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task MarkAsync(string state, string slot, CancellationToken cancellationToken) => CallAsync(CallLimit, "Mark", "ss", [state, slot], cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RaucSlot>> SlotsAsync(CancellationToken cancellationToken)
    {
        var answer = await CallAsync(CallLimit, "GetSlotStatus", "", [], cancellationToken);
        return ReadSlots(answer.Count > 0 ? answer[0] : "");
    }

    /// <inheritdoc/>
    public async Task<string> PrimaryAsync(CancellationToken cancellationToken)
        => await CallAsync(CallLimit, "GetPrimary", "", [], cancellationToken) is [string name, ..] ? name : "";

    /// <summary>The answer of InspectBundle, <c>a{sv}</c> with update, bundle, images and meta (rauc 1.13, src/manifest.c, r_manifest_to_dict).</summary>
    internal static BundleFacts ReadFacts(object info)
    {
        var root = DBusValues.Dictionary(info);
        var update = DBusValues.Dictionary(root.GetValueOrDefault("update"));
        var meta = DBusValues.Dictionary(DBusValues.Dictionary(root.GetValueOrDefault("meta")).GetValueOrDefault(MetaGroup));
        var images = root.TryGetValue("images", out var list) && DBusValues.Plain(list) is DBusArray array ? array.Items : [];
        var largest = images.Select(i => DBusValues.Dictionary(i).GetValueOrDefault("size") is ulong size ? size : 0).DefaultIfEmpty().Max();
        return new BundleFacts(update.Text("compatible"), update.Text("version"), meta.Text("min-version"), meta.Text("changelog"), largest);
    }

    /// <summary>The answer of GetSlotStatus, <c>a(sa{sv})</c> (rauc 1.13, src/service.c, convert_slot_status_to_dict).</summary>
    internal static IReadOnlyList<RaucSlot> ReadSlots(object answer)
    {
        var slots = new List<RaucSlot>();
        foreach (var item in (answer as DBusArray)?.Items ?? [])
        {
            if (item is DBusStruct { Fields: [string name, var details] })
            {
                var facts = DBusValues.Dictionary(details);
                slots.Add(new RaucSlot(name, facts.Text("bootname"), facts.Text("state") == "booted", facts.Text("boot-status") == "good", facts.Text("status"), facts.Text("bundle.version")));
            }
        }

        return slots;
    }

    private static void Hear(DBusMessage signal, TaskCompletionSource<int> completed, Action<RaucProgress> progress)
    {
        if (signal is { Interface: Interface, Member: "Completed", Body: [int result, ..] })
        {
            completed.TrySetResult(result);
        }
        else if (signal is { Interface: Properties, Member: "PropertiesChanged", Body: [Interface, var changed, ..] }
            && DBusValues.Dictionary(changed).GetValueOrDefault("Progress") is DBusStruct { Fields: [int percent, string step, ..] })
        {
            progress(new RaucProgress(Math.Clamp(percent, 0, 100), step));
        }
    }

    private static void HearEnd(DBusMessage signal, TaskCompletionSource<int> completed)
    {
        if (signal is { Member: "NameOwnerChanged", Body: [Service, _, ""] })
        {
            completed.TrySetException(new RaucException(new Refusal(RefusalCode.InstallFailed, "RAUC ended while it installed")));
        }
    }

    private static DBusCall Call(string member, string signature, params IReadOnlyList<object> body) => new(Service, Root, Interface, member, signature, body);

    private Task<IReadOnlyList<object>> CallAsync(TimeSpan limit, string member, string signature, IReadOnlyList<object> body, CancellationToken cancellationToken)
        => WithinAsync(limit, (connection, token) => connection.CallAsync(Call(member, signature, body), token), cancellationToken);

    private async Task<T> WithinAsync<T>(TimeSpan limit, Func<DBusConnection, CancellationToken, Task<T>> use, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await using var connection = await DBusConnection.OpenAsync(bus, null, either.Token);
            return await use(connection, either.Token);
        }
        catch (DBusException e)
        {
            // Errors of the bus itself mean that RAUC was not reached; all others are its own.
            throw new RaucException(e.Name.StartsWith("org.freedesktop.DBus.Error.", StringComparison.Ordinal) ? new Refusal(RefusalCode.NoRauc, e.Message) : RaucErrors.Map(e.Message), e);
        }
        catch (IOException e)
        {
            throw new RaucException(new Refusal(RefusalCode.NoRauc, e.Message), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RaucException(new Refusal(RefusalCode.NoRauc, $"no answer within {limit.TotalSeconds:0} s"), e);
        }
    }
}
