// The configuration file of one wpa_supplicant, from what an interface is to be. Pure. What people chose (names, passphrases) is written in hex alone: no
// quote, comment sign or line end of theirs can become part of the file's grammar.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Control;

/// <summary>Writes configurations of wpa_supplicant 2.10.</summary>
public static class SupplicantConfig
{
    private const int MaxName = 32;
    private const int MinPassphrase = 8;
    private const int MaxPassphrase = 63;

    // Lowest of 2.4 GHz to the highest of 6 GHz.
    private const int MinFrequency = 2412;
    private const int MaxFrequency = 7115;

    // IEEE 802.11-2020, J.4.1: what every device makes of a WPA2 passphrase.
    private const int PskRounds = 4096;
    private const int PskSize = 32;

    /// <summary>Why this network cannot be run, in words without secrets; "" when it can.</summary>
    public static string Fault(SupplicantNetwork network)
    {
        var nameLength = Encoding.UTF8.GetByteCount(network.Name);
        return nameLength is 0 or > MaxName ? $"the name has {nameLength} bytes, not 1 to {MaxName}"
            : network.Name.Any(char.IsControl) ? "the name holds a control character"
            : network.Passphrase.Length > 0 && network.Passphrase.Length is < MinPassphrase or > MaxPassphrase ? $"the passphrase has {network.Passphrase.Length} characters, not {MinPassphrase} to {MaxPassphrase}"
            : network.Passphrase.Any(c => c is < ' ' or > '~') ? "the passphrase holds a character that is not printable ASCII"
            : network.Country.Length > 0 && !(network.Country.Length == 2 && network.Country.All(char.IsAsciiLetterUpper)) ? "the country is not two capital letters"
            : network.MacAddress.Length > 0 && !MacAddresses.IsValid(network.MacAddress) ? "the access point's address is none"
            : network.Frequency != 0 && network.Frequency is < MinFrequency or > MaxFrequency ? $"{network.Frequency} MHz is no channel of wifi"
            : network.Tree is { } tree && !TreeElement.Fits(tree) ? "the place in the tree cannot be told"
            : TypeFault(network);
    }

    /// <summary>
    /// The file. <paramref name="controlFolder"/> is where its control socket will be. Throws <see cref="ArgumentException"/> when <see cref="Fault"/> has something to say. Secret.
    /// </summary>
    public static string Write(SupplicantNetwork network, string controlFolder)
    {
        if (Fault(network) is { Length: > 0 } fault)
        {
            throw new ArgumentException(fault, nameof(network));
        }

        if (controlFolder.Any(c => char.IsControl(c) || c is ' ' or '#' or '"'))
        {
            throw new ArgumentException("the control folder's name cannot stand in the file", nameof(controlFolder));
        }

        var text = new StringBuilder("# Made by the wifi service; changes here are lost.\n");
        Line(text, "ctrl_interface", "DIR=" + controlFolder);
        Line(text, "update_config", "0");
        Line(text, "p2p_disabled", "1");
        Line(text, "ap_scan", "1");
        // Both ways to derive SAE's element: boards with older kernels and drivers know only the first.
        Line(text, "sae_pwe", "2");
        if (network.Country.Length > 0)
        {
            Line(text, "country", network.Country);
        }

        switch (network.Type)
        {
            case InterfaceType.MeshPoint:
                Line(text, "user_mpm", "1");
                // Seconds. The usual five minutes would show a dead board as a neighbour for as long.
                Line(text, "mesh_max_inactivity", "60");
                break;
            case InterfaceType.AccessPoint when network.Tree is { } tree:
                Line(text, "ap_vendor_elements", Convert.ToHexStringLower(TreeElement.Write(tree)));
                break;
            default:
                break;
        }

        text.Append("network={\n");
        Line(text, "ssid", Convert.ToHexStringLower(Encoding.UTF8.GetBytes(network.Name)));
        Type(text, network);
        Security(text, network);
        return text.Append("}\n").ToString();
    }

    private static string TypeFault(SupplicantNetwork network) => network.Type switch
    {
        InterfaceType.MeshPoint or InterfaceType.AdHoc or InterfaceType.AccessPoint when network.Frequency == 0 => "there is no frequency to begin it on",
        InterfaceType.AccessPoint when network.Passphrase.Length == 0 && (network.IsSae || network.Tree is not null) => "an access point for boards needs a passphrase",
        InterfaceType.AccessPoint => "",
        InterfaceType.MeshPoint or InterfaceType.AdHoc or InterfaceType.Station when network.Passphrase.Length == 0 => "an open network between boards is never formed; set a passphrase",
        InterfaceType.MeshPoint or InterfaceType.AdHoc or InterfaceType.Station => "",
        _ => $"an interface of type {network.Type} carries no network",
    };

    private static void Type(StringBuilder text, SupplicantNetwork network)
    {
        switch (network.Type)
        {
            case InterfaceType.MeshPoint:
                Line(text, "mode", "5");
                Number(text, "frequency", network.Frequency);
                Line(text, "no_auto_peer", "0");
                // Time units of 1.024 ms. The usual second between beacons hides a mesh from who listens a tenth of one on each channel; this costs a board 0.7 % of the air at 1 Mbit/s.
                Line(text, "beacon_int", "200");
                // Milliseconds. The usual 40 assume a fast peer: SAE alone takes a busy Cortex-A53 longer, and a peering given up too often is barred for minutes.
                Line(text, "dot11MeshMaxRetries", "10");
                Line(text, "dot11MeshRetryTimeout", "255");
                Line(text, "dot11MeshConfirmTimeout", "500");
                Line(text, "dot11MeshHoldingTimeout", "255");
                break;
            case InterfaceType.AdHoc:
                Line(text, "mode", "1");
                Number(text, "frequency", network.Frequency);
                // It does not follow a stranger of the same name to another channel.
                Line(text, "fixed_freq", "1");
                break;
            case InterfaceType.AccessPoint:
                Line(text, "mode", "2");
                Number(text, "frequency", network.Frequency);
                Line(text, "beacon_int", "100");
                // Seconds after which a silent station is asked whether it is there.
                Line(text, "ap_max_inactivity", "60");
                Line(text, "wps_disabled", "1");
                break;
            default:
                Line(text, "mode", "0");
                Line(text, "scan_ssid", "1");
                // No looking around while connected: it costs air, and the service looks itself.
                Line(text, "bgscan", "\"\"");
                if (network.Frequency > 0)
                {
                    Number(text, "scan_freq", network.Frequency);
                    Number(text, "freq_list", network.Frequency);
                }

                if (network.MacAddress.Length > 0)
                {
                    Line(text, "bssid", network.MacAddress);
                }

                break;
        }
    }

    private static void Security(StringBuilder text, SupplicantNetwork network)
    {
        if (network.Passphrase.Length == 0)
        {
            Line(text, "key_mgmt", "NONE");
            return;
        }

        // SAE is not defined for ad-hoc networks, and a secured mesh has nothing else.
        var isSae = network.Type == InterfaceType.MeshPoint || (network.IsSae && network.Type != InterfaceType.AdHoc);
        Line(text, "key_mgmt", isSae ? "SAE" : "WPA-PSK");
        Line(text, "proto", "RSN");
        Line(text, "pairwise", "CCMP");
        Line(text, "group", "CCMP");
        if (isSae)
        {
            Line(text, "sae_password", Convert.ToHexStringLower(Encoding.ASCII.GetBytes(network.Passphrase)));
            Line(text, "ieee80211w", "2");
        }
        else
        {
            Line(text, "psk", Convert.ToHexStringLower(Psk(network)));
        }
    }

#pragma warning disable CA5379 // SHA-1 is what WPA2 (IEEE 802.11) prescribes here; SAE, which does without, is used wherever it is defined.
    private static byte[] Psk(SupplicantNetwork network)
        => Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(network.Passphrase), Encoding.UTF8.GetBytes(network.Name), PskRounds, HashAlgorithmName.SHA1, PskSize);
#pragma warning restore CA5379

    private static void Line(StringBuilder text, string key, string value) => text.Append(key).Append('=').Append(value).Append('\n');

    private static void Number(StringBuilder text, string key, int value) => Line(text, key, value.ToString(CultureInfo.InvariantCulture));
}
