// Random faults of the air, from a seed: what happens to radios in cupboards, on USB and near microwave ovens.
using Skywire.Testing;
using Skywire.Wifi.Plan;

namespace Skywire.Wifi.Tests.Air;

internal sealed class Faults(SimAir air, SimulationEntropy entropy)
{
    private static readonly string[] Calls = ["SetUp", "Start", "ScanAsync", "Radios", "Stations", "AddInterface", "DeleteInterface", "SetMesh", "SetPowerSave"];

    private int _names = 20;

    public async Task RunAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await air.Wait(1 + entropy.Next(40));
            await OneAsync();
        }
    }

    private async Task OneAsync()
    {
        var node = air.Nodes[entropy.Next(air.Nodes.Count)];
        var radio = node.Radios[0];
        var kind = entropy.Next(9);
        air.Trace($"{node.Name}: fault {kind}");
        switch (kind)
        {
            case 0:
                radio.Faces[entropy.Next(radio.Faces.Count)].IsUp = false;
                node.Notify();
                break;
            case 1 or 2:
                var name = kind == 1 ? radio.Faces[0].Name : $"wlan{_names++}";
                node.Unplug(radio);
                await air.Wait(1 + entropy.Next(8));
                node.Plug(radio, name);
                break;
            case 3:
                var other = air.Nodes[(air.Nodes.IndexOf(node) + 1) % air.Nodes.Count];
                air.Cut(node, other, true);
                await air.Wait(5 + entropy.Next(55));
                air.Cut(node, other, false);
                break;
            case 4 when node.Supplicants.Count > 0:
                node.Supplicants.Values.ElementAt(entropy.Next(node.Supplicants.Count)).Crash("killed by signal 11");
                node.Notify();
                break;
            case 5:
                var channel = ((int[])[0, 1, 6, 11, 36])[entropy.Next(5)];
                foreach (var each in air.Nodes)
                {
                    each.Wishes = each.Wishes with { Channel = channel };
                    await air.Wait(entropy.Next(5));
                }

                break;
            case 6:
                radio.Blocked = true;
                radio.Faces.ForEach(f => f.IsUp = false);
                node.Notify();
                await air.Wait(2 + entropy.Next(28));
                radio.Blocked = false;
                node.Notify();
                break;
            case 7:
                var call = Calls[entropy.Next(Calls.Length)];
                node.Refusals[call] = "refused by chance";
                await air.Wait(1 + entropy.Next(20));
                node.Refusals.Remove(call);
                break;
            default:
                node.LosesScans = true;
                await air.Wait(10 + entropy.Next(50));
                node.LosesScans = false;
                break;
        }
    }
}
