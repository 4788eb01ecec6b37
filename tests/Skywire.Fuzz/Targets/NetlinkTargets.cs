// What the kernel says of links and radios. It is trusted, what strangers send on the air and it hands on is not; and no driver's mistake may end the service.
using Skywire.Fuzz.Engine;
using Skywire.Linux.Netlink;
using Skywire.Wifi.Kernel;

namespace Skywire.Fuzz.Targets;

internal static class NetlinkTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } = [new("netlink-datagram", Datagram) { AllocationPerByte = 2048 }];

    // Every reader gets every message: the type says nothing about what a broken one holds.
    private static int Datagram(ReadOnlySpan<byte> input)
    {
        var (messages, outcome) = (0, 0);
        var radios = new RadioReader();
        var rules = new RegulatoryReader();
        var reader = new NetlinkReader(input);
        while (reader.TryRead(out var message))
        {
            messages++;
            if (NetlinkResult.TryRead(message, out var result))
            {
                Check(result.Text);
                outcome |= result.Text.Length > 0 ? 3 : 1;
            }

            outcome |= GenericNetlink.TryReadFamily(message.Payload, out var family, out _) ? family.Groups.Count > 0 ? 12 : 4 : 0;
            if (NetworkLinks.TryRead(message.Payload, out var link))
            {
                Check(link.Name, link.Kind);
                outcome |= 16;
            }

            if (InterfaceReader.TryRead(message.Payload, out var radio, out var one))
            {
                Check(one.Name);
                outcome |= 32;
                Promise(radio >= 0 && one.Index > 0, "an interface has a number below zero");
            }

            if (StationReader.TryRead(message.Payload, out var station))
            {
                outcome |= station.TransmitRate > 0 ? 192 : 64;
                Promise(station is { TransmitBytes: >= 0, ReceiveBytes: >= 0, TransmitRate: >= 0, ReceiveRate: >= 0, ExpectedRate: >= 0 }, "a station has a counter below zero");
            }

            outcome |= MeshPathReader.TryRead(message.Payload, out var path) && path.IsActive ? 256 : 0;
            if (ScanReader.TryRead(message.Payload, out var network))
            {
                Check(network.Name);
                outcome |= 512 << (int)network.Type % 4;
                outcome |= network.Tree is null ? 0 : 1 << 14;
            }

            rules.Add(message.Payload);
            radios.Add(message.Payload);
        }

        foreach (var radio in radios.Radios())
        {
            Check(radio.Name, rules.CountryOf(radio.Index));
            outcome |= (radio.Bands.Count > 0 ? 1 << 15 : 0) | (radio.Combinations.Count > 0 ? 1 << 16 : 0) | (radio.HasSae ? 1 << 17 : 0);
            Promise(radio.Bands.SelectMany(band => band.Channels).All(channel => channel.Number is > 0 and < 256 && channel.Frequency > 0), "a channel has no number");
        }

        return (Math.Min(messages, 4) << 20) | outcome;
    }

    private static void Check(params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            Promise(!text.Any(char.IsControl), "a text moves the cursor");
        }
    }

    private static void Promise(bool isKept, string otherwise)
    {
        if (!isKept)
        {
            throw new ContractException(otherwise);
        }
    }
}
