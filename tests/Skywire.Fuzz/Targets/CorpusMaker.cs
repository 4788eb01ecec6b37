// Makes the committed corpus from the reference's vectors and from what the library itself writes: --make-corpus.
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Dmsg.Objects;
using Skywire.Fuzz.Engine;
using Skywire.Linux.DBus;
using Skywire.Linux.Netlink;
using Skywire.Noise;
using Skywire.Testing;
using Skywire.Transport;
using Skywire.Transport.Handshake;
using Skywire.Transport.Settlement;
using Skywire.Update.Blocks;
using Skywire.Update.Box;
using Skywire.Visor.Config;
using Skywire.Visor.Updates.Box;

namespace Skywire.Fuzz.Targets;

/// <summary>Starting inputs: valid ones of every kind, for mutations of a valid input get furthest.</summary>
internal static class CorpusMaker
{
    // Larger examples slow every case down and add nothing a small one has not.
    private const int MaxSize = 4096;

    /// <summary>Writes the corpus of every target.</summary>
    public static void WriteAll()
    {
        Noise();
        Wire();
        Dmsg();
        Transport();
        Routing();
        Services();
        Box();
        BoxUpdates();
        Visor();
        Boards();
        Updates();
        Netlink();
        Setup();
        WifiControl();
    }

    private static void WifiControl()
    {
        Save("wpa-event", "<3>MESH-PEER-CONNECTED 02:00:00:00:01:00"u8.ToArray());
        Save("wpa-event", "<3>MESH-SAE-AUTH-BLOCKED addr=02:00:00:00:01:00 duration=300"u8.ToArray());
        Save("wpa-event", "<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"home\" auth_failures=1 duration=10 reason=WRONG_KEY"u8.ToArray());
        Save("wpa-event", "<3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:01:00 completed [id=0 id_str=]"u8.ToArray());
        Save("wpa-event", "IFNAME=wlan0 <3>CTRL-EVENT-DRIVER-STATE HANGED"u8.ToArray());
        Save("wpa-event", "<5>mesh join error=-95"u8.ToArray());
    }

    private static void Box()
    {
        byte[] Part(byte mode, byte wait, Beacon beacon)
        {
            var bytes = BeaconCodec.Write(beacon, FuzzKeys.Peer, BoxTargets.Secret);
            return [mode, wait, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
        }

        const byte Member = BoxTargets.Tagged | BoxTargets.Signed;
        var beacon = new Beacon { Boot = 1, Counter = 1, Name = "peer", StcprPort = 7777, Addresses = [System.Net.IPAddress.Parse("192.0.2.9"), System.Net.IPAddress.Parse("fe80::9")] };
        Save("box-beacons", Part(0, 1, beacon));
        Save("box-beacons", [.. Part(Member, 1, beacon), .. Part(Member | BoxTargets.Echoes, 1, beacon with { Counter = 2, Duty = BoxDuty.Serving, Term = 3, ServingSeconds = 9 }), .. Part(Member, 200, beacon with { Counter = 3, Duty = BoxDuty.Serving, Term = 3, Insists = true, Challenge = 5 })]);
        Save("box-beacons", [.. Part(Member, 255, beacon with { CannotServe = true }), .. Part(Member | BoxTargets.Echoes, 255, beacon with { Counter = 2, Duty = BoxDuty.Starting }), .. Part(Member, 255, beacon with { Counter = 9, Leaving = true })]);
    }

    private static void Noise()
    {
        Span<byte> message = stackalloc byte[128];
        foreach (var (index, read) in NoiseTargets.Reads.Index())
        {
            var (own, peer) = NoiseTargets.After(read.Pattern, read.Initiator, read.Before);
            using (own)
            using (peer)
            {
                var n = peer.WriteMessage([], message);
                Save("noise-message", [(byte)index, .. message[..n]]);
            }
        }

        for (var rule = 0; rule < 2; rule++)
        {
            using var sealer = new RecordSealer(FuzzKeys.Record);
            Save("noise-record", [(byte)rule, .. Framed(Seal(sealer, 5)), .. Framed(Seal(sealer, 0)), .. Framed(Seal(sealer, 300))]);
        }

        using var stream = new RecordSealer(FuzzKeys.Record);
        Save("noise-stream", [.. Framed(Seal(stream, 5)), .. Framed(Seal(stream, 0)), .. Framed(Seal(stream, 4070)), .. Framed(Seal(stream, 100))]);
        using var single = new RecordSealer(FuzzKeys.Record);
        Save("noise-stream", Framed(Seal(single, 20)));

        using var kk = FuzzKeys.Handshake(HandshakePattern.KK, own: false, initiator: true);
        var length = kk.WriteMessage([], message);
        Save("noise-handshake-stream", [0, .. Framed(message[..length].ToArray())]);
        var (xkOwn, xkPeer) = NoiseTargets.After(HandshakePattern.XK, initiator: false, 0);
        var first = message[..xkPeer.WriteMessage([], message)].ToArray();
        xkOwn.TryReadMessage(first);
        var second = message[..xkOwn.WriteMessage([], message)].ToArray();
        xkPeer.TryReadMessage(second);
        var third = message[..xkPeer.WriteMessage([], message)].ToArray();
        Save("noise-handshake-stream", [1, .. Framed(first), .. Framed(third)]);

        // The server's handshake is the same; a mux ping and an opened stream follow.
        Save("dmsg-server-session", [.. Framed(first), .. Framed(third)]);
        Save("dmsg-server-session", [.. Framed(first), .. Framed(third), 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0]);
    }

    private static void Wire()
    {
        SaveHex("gob", "gob.json", "gob", "whole_message", "bytes");
        SaveHex("rpc-server", "setup-rpc.json", "client_to_server_hex");
        SaveHex("rpc-client", "setup-rpc.json", "server_to_client_hex");
        SaveHex("rpc-server", "app-rpc.json", "client_to_server_hex");
        SaveHex("rpc-client", "app-rpc.json", "server_to_client_hex");
        foreach (var scenario in Vectors.Load("yamux.json").GetProperty("scenarios").EnumerateArray())
        {
            foreach (var (target, direction) in new[] { ("yamux-server", "client->server"), ("yamux-client", "server->client") })
            {
                var bytes = new List<byte>();
                foreach (var frame in scenario.GetProperty("frames").EnumerateArray().Where(frame => frame.Text("direction") == direction))
                {
                    bytes.AddRange(frame.Hex("header"));
                    var isData = frame.Text("type") == "data";
                    bytes.AddRange(frame.TryGetProperty("body", out _) ? frame.Hex("body") : new byte[isData ? frame.GetProperty("length").GetInt32() : 0]);
                }

                Save(target, [.. bytes]);
            }
        }
    }

    private static void Dmsg()
    {
        SaveHex("dmsg-request", "dmsg.json", "signed_object");
        SaveHex("dmsg-response", "dmsg.json", "signed_object");
        var request = new StreamRequest(1, new DmsgAddress(FuzzKeys.Peer.PublicKey, 50000), new DmsgAddress(FuzzKeys.Own.PublicKey, 45), new byte[49]).Sign(FuzzKeys.Peer);
        Save("dmsg-request", request);
        Save("dmsg-response", new StreamResponse(DmsgTargets.RequestHash, true, DmsgErrorCode.None, new byte[49]).Sign(FuzzKeys.Peer));
        Save("dmsg-response", new StreamResponse(DmsgTargets.RequestHash, false, DmsgErrorCode.NoListener, []).Sign(FuzzKeys.Peer));
        using var sealer = new RecordSealer(FuzzKeys.Record);
        var sealed1 = new byte[request.Length + RecordSealer.Overhead];
        sealer.Seal(request, sealed1);
        Save("dmsg-objects", [.. Framed(sealed1), 0, 0, .. Framed(Seal(sealer, 10))]);
        SaveJson("dmsg-entry", ["discovery-entry.json"], "static");
    }

    private static void Transport()
    {
        foreach (var frame in Vectors.Load("transport-handshake.json").GetProperty("network_handshake_static").EnumerateObject().Where(frame => frame.Value.ValueKind == JsonValueKind.Object && frame.Value.TryGetProperty("hex", out _)))
        {
            Save("link-frames", frame.Value.Hex("hex"));
        }

        var nonce = new byte[NetworkHandshakeFrames.NonceSize];
        FuzzKeys.Entropy("own").Fill(nonce);
        var proof = new HandshakeProof(new SkywireAddress(FuzzKeys.Peer.PublicKey, 49152), new SkywireAddress(FuzzKeys.Own.PublicKey, 45), nonce, default);
        proof = proof with { Signature = FuzzKeys.Peer.SignPayload(NetworkHandshakeFrames.SignedPayload(proof)) };
        Save("link-handshake", [0, .. NetworkHandshakeFrames.GetNonce, .. NetworkHandshakeFrames.WriteProof(proof)]);
        Save("link-handshake", [1, .. NetworkHandshakeFrames.WriteNonce(nonce), .. NetworkHandshakeFrames.WriteReply(true, "")]);
        Save("link-handshake", [1, .. NetworkHandshakeFrames.WriteNonce(nonce), .. NetworkHandshakeFrames.WriteReply(false, "not listening on given port")]);

        Save("settlement", SettlementHandshake.Line(SettlementHandshake.Offer(FuzzKeys.Peer, FuzzKeys.Own.PublicKey, "stcpr", "user")));
        SaveJson("settlement", ["transport-entry.json"], "t_id");
        SaveJson("transport-entry", ["transport-entry.json", "tpd-http.json"], "t_id");

        var packets = new List<byte>();
        foreach (var set in new[] { "reference_2024", "layout_2026" })
        {
            foreach (var packet in Vectors.Load("routing-packets.json").GetProperty(set).EnumerateArray())
            {
                Save("transport-packets", packet.Hex("hex"));
                packets.AddRange(packet.Hex("hex"));
            }
        }

        Save("transport-packets", [.. packets]);
        var large = new byte[PacketHeader.Size + 2000];
        new PacketHeader(PacketType.Data, 1, 2000).Write(large);
        Save("transport-packets", [.. large, .. large]);
    }

    private static void Routing()
    {
        SaveHex("routing-rule", "routing-rules.json", "hex");
        SaveHex("setup-gob", "setup-rpc.json", "client_to_server_hex", "server_to_client_hex");
        foreach (var type in Enum.GetValues<PacketType>())
        {
            // Route IDs 0, 1 and 2 stand for the three rules of the target.
            var packets = new List<byte>();
            for (var rule = 0u; rule < 3; rule++)
            {
                var packet = new byte[PacketHeader.Size + 16];
                new PacketHeader(type, rule, 16).Write(packet);
                packets.AddRange(packet);
            }

            Save("router", [.. packets]);
        }

        // A handshake as the dialling end opens a group with: encrypted, then the first Noise message in a data packet.
        using var kk = FuzzKeys.Handshake(HandshakePattern.KK, own: false, initiator: true);
        var message = new byte[128];
        var length = kk.WriteMessage([], message);
        var opening = new List<byte>();
        var header = new byte[PacketHeader.Size];
        new PacketHeader(PacketType.Handshake, 2, 1).Write(header);
        opening.AddRange([.. header, 1]);
        var framed = Framed(message[..length]);
        new PacketHeader(PacketType.Data, 2, (ushort)framed.Length).Write(header);
        opening.AddRange([.. header, .. framed]);
        Save("router", [.. opening]);
    }

    private static void Services()
    {
        foreach (var (file, kind, list, bodies) in new[] { ("tpd-http.json", 1, "exchanges", "body_utf8"), ("discovery-entry.json", 0, "http_exchanges", "request_body_text") })
        {
            foreach (var exchange in Vectors.Load(file).GetProperty(list).EnumerateArray())
            {
                var body = exchange.TryGetProperty(bodies, out var text) ? text.GetString() ?? "" : "";
                SaveRequest(kind, signed: kind == 1, exchange.Text("method"), exchange.Text("path"), body);
            }
        }

        var (own, peer) = (FuzzKeys.Own.PublicKey, FuzzKeys.Peer.PublicKey);
        SaveRequest(2, true, "POST", "/bind/stcpr", """{"port":"7777","addresses":["192.0.2.10"]}""");
        SaveRequest(2, true, "GET", $"/resolve/stcpr/{own}", "");
        SaveRequest(2, false, "GET", "/transports", "");
        SaveRequest(3, false, "POST", "/routes", $$$"""{"Edges":[["{{{peer}}}","{{{own}}}"],["{{{own}}}","{{{peer}}}"]],"Opts":{"MinHops":1,"MaxHops":50}}""");
        SaveRequest(4, true, "POST", "/api/services", $$"""{"address":"{{peer}}:3","type":"vpn","version":"1"}""");
        SaveRequest(4, false, "GET", "/api/services?type=vpn&quantity=5", "");
        SaveRequest(4, true, "DELETE", $"/api/services/{peer}:3", "");
        SaveRequest(5, true, "GET", "/v4/update", "");
        SaveRequest(5, false, "GET", $"/uptimes?v=v2&visors={peer}", "");
        SaveRequest(5, false, "GET", $"/uptime/{peer}", "");
        SaveRequest(1, false, "GET", $"/security/nonces/{peer}", "");
        SaveRequest(1, false, "GET", "/health", "");

        byte[] request = [5, 1, 0, 3, 11, .. "example.com"u8, 0, 80];
        Save("socks5", [0xFE, 5, 1, 0, .. request]);
        Save("socks5", [6, 5, 1, 0, 5, 1, 0, 1, 8, 8, 8, 8, 1, 187, .. "early"u8]);
        Save("socks5", [0xFE, 5, 2, 0, 2, 5, 1, 0, 4, 32, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 80]);
        Save("socks5", [0xFF, 5, 1, 2, 1, 0, 11, .. "open-sesame"u8, .. request]);
        Save("socks5", [0xFE, 5, 1, 0, 5, 2, 0, 1, 8, 8, 8, 8, 1, 187]);
    }

    private static void Boards()
    {
        const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g me@laptop";
        Save("board-settings", Encoding.UTF8.GetBytes($"# board\nname = attic\nssh_key = {Key}\nnetwork = static\naddress = 192.168.1.20/24\ngateway = 192.168.1.1\ndns = 192.168.1.1, 9.9.9.9\n"));
        Save("board-settings", Encoding.UTF8.GetBytes($"mesh_name = home\nmesh_passphrase = correct horse\nservices = custom\ndmsg_discovery = http://192.0.2.1:9090\nsetup_node = {FuzzKeys.Peer.PublicKey}\nproxy = on\n"));
        Save("board-settings", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("timezone = Europe/Berlin\r\nntp = 192.0.2.5 ntp.example.org\r\nwifi_country = DE\r\npage_password = \"long enough\"\r\n")]);
        Save("board-settings", "netwrok = dhcp\nmesh_pasphrase = x\nnetwork = static\naddress = 10.0.0.1\n"u8.ToArray());
        Save("board-settings", "wifi = auto\nwifi_channel = 36\nwifi_client_name = guests\nwifi_client_passphrase = welcome here\n"u8.ToArray());
        Save("board-settings-change", [.. "mesh_name=home\nmesh_passphrase= correct horse \nwifi_country=de\n"u8, 0, .. "# mesh_name = x\r\nname = attic\r\nmesh_name = old\r\n"u8]);
        Save("board-settings-change", [.. "name=\nssh_key=\nservices=public\n# c\nnetwrok=x\n"u8, 0, .. "name = a\nname = b\nservices = sometimes\n"u8]);
        Save("board-settings-change", [.. "timezone=Europe/Berlin"u8, 0]);
        Save("board-file", Encoding.UTF8.GetBytes("""
            {"schema_version":1,"name":"b","title":"B","soc":"s","compatible":["m,b"],"boot":{},"serial_console":"ttyS0","leds":[{"name":"b:green","color":"green","states":{"failed":"off","attention":"off","updating":"pulse","booting":"blink_fast","no_link":"blink_slow","linked":"on","joined":"heartbeat","traffic":"traffic"}}],"button":{"kind":"gpio","chip":"c","line":3,"active_low":true},"radios":[{"driver":"d","mesh_point":false,"note":"n"}],"ethernet":["end0"],"watchdog":{"driver":"w","max_seconds":16}}
            """));
        Save("board-file", """{"schema_version":1,"name":"b","title":"B","compatible":["m,b"],"leds":[],"button":{"kind":"input","device":"r-gpio-keys","code":256}}"""u8.ToArray());
        Save("board-status", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"state\":\"joined\",\"state_reason\":\"2 transports up\",\"public_key\":\"02ab\",\"box\":{\"mesh_name\":\"home\",\"joined\":true,\"serving\":{\"key\":\"02\",\"name\":\"attic\",\"address\":\"192.0.2.1\",\"is_self\":false},\"members\":[{},{}]}}"u8.ToArray());
        Save("wifi-report", """
            {"at":"2026-11-22T10:00:00+00:00","state":"joined","reason":"linked","country":"DE","mesh_name":"home","radios":[{"name":"phy1","driver":"ath9k_htc","mac_address":"02:00:00:00:00:01","interface":"wlan1","types":["mesh_point"],"role":"backhaul","mode":"mesh",
            "plan_reason":"it can","state":"joined","reason":"1 peer","since":"2026-11-22T09:00:00+00:00","channel":6,"frequency":2437,"depth":-1,"neighbours":[{"mac_address":"02:00:00:00:00:02","signal":-52,"signal_history":[-52,0,-60],"transmit_rate":65000000,
            "retry_percent":3.2,"airtime_metric":182,"peering":"established","is_authorized":true,"inactive_seconds":0.4}],"paths":[{"destination":"02:00:00:00:00:03","next_hop":"02:00:00:00:00:02","metric":182,"hops":2,"is_active":true}],
            "steps":[{"at":"2026-11-22T09:00:00+00:00","step":"up","reason":"why"}]}],"heard":[{"mac_address":"02:00:00:00:00:02","name":"home","type":"mesh_point","channel":6,"signal":-52,"is_secured":true,"is_ours":true}],"heard_at":"2026-11-22T09:59:00+00:00",
            "setup":{"phase":"open","reason":"why","name":"Skyminer-1","closes_at":null},"counters":{"joins":3}}
            """u8.ToArray());
        Save("wifi-report", """{"at":"2026-11-22T10:00:00+00:00","state":"no_radio","reason":"none"}"""u8.ToArray());
        Save("radio-record", """
            {"chip":"a","source":"s","driver":"d","types":["ad_hoc","station","access_point","mesh_point"],"combinations":[{"max_interfaces":2,"max_channels":1,"limits":[{"maximum":2,"types":["station","access_point"]}]}],
            "has_sae":true,"has_user_peering":true,"has_secure_ad_hoc":true,"bands":[{"name":"2.4 GHz","is_ht":true,"is_vht":false,"channels":[1,6,13,14]},{"name":"5 GHz","is_ht":true,"is_vht":true,"channels":[36,52,177]}]}
            """u8.ToArray());
        Save("radio-record", """{"chip":"b","source":"","driver":"","types":["station","monitor","peer_to_peer_device"],"combinations":[],"has_sae":false,"has_user_peering":false,"has_secure_ad_hoc":false,"bands":[]}"""u8.ToArray());
        Save("board-status", "HTTP/1.1 503 Busy\r\n\r\n"u8.ToArray());
    }

    private static void Updates()
    {
        static DBusEntry Pair(string key, string value) => new(key, new DBusVariant("s", value));
        var hello = DBusMessageCodec.Write(new DBusMessage { Type = DBusMessageType.Call, Serial = 1, Path = "/org/freedesktop/DBus", Interface = "org.freedesktop.DBus", Member = "Hello", Destination = "org.freedesktop.DBus" });
        var slots = new DBusMessage { Type = DBusMessageType.Return, Serial = 2, ReplySerial = 3, Sender = ":1.2", Signature = "a(sa{sv})", Body = [new DBusArray("(sa{sv})", [new DBusStruct(["rootfs.0", new DBusArray("{sv}", [Pair("bootname", "A"), Pair("state", "booted")])]), new DBusStruct(["rootfs.1", new DBusArray("{sv}", [Pair("bootname", "B")])])])] };
        var facts = new DBusMessage { Type = DBusMessageType.Return, Serial = 4, ReplySerial = 5, Signature = "a{sv}", Body = [new DBusArray("{sv}", [new DBusEntry("update", new DBusVariant("v", new DBusVariant("a{sv}", new DBusArray("{sv}", [Pair("compatible", "b"), Pair("version", "1.0.0")]))))])] };
        var progress = new DBusMessage { Type = DBusMessageType.Signal, Serial = 6, Path = "/", Interface = "a.b", Member = "C", Signature = "sa{sv}asybnqixtdgh", Body = ["x", new DBusArray("{sv}", [new DBusEntry("Progress", new DBusVariant("(isi)", new DBusStruct([20, "step", 1])))]), new DBusArray("s", ["y"]), (byte)1, true, (short)2, (ushort)3, 4, 5L, 6UL, 7.5, new DBusSignature("as"), new DBusHandle(0)] };
        Save("dbus-message", [.. hello, .. DBusMessageCodec.Write(slots)]);
        Save("dbus-message", DBusMessageCodec.Write(slots, isBigEndian: true));
        Save("dbus-message", [.. DBusMessageCodec.Write(facts), .. DBusMessageCodec.Write(progress)]);
        Save("dbus-message", DBusMessageCodec.Write(progress, isBigEndian: true));

        Save("update-feed", """{"schema":1,"channel":"stable","released":"2026-01-02T03:04:05Z","bundles":[{"compatible":"b","version":"0.1.0-5.gabc","min_version":"0.0.1","file":"a.raucb","size":123,"sha256":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","blocks":"a.raucb.blocks","changelog":"new"}]}"""u8.ToArray());
        Save("update-index", BlockIndex.Of(new MemoryStream(new byte[20000]), 100, 9000).ToArray());
        Save("update-files", [0, .. """{"slot":"B","version":"1.0.1","from_slot":"A","from_version":"1.0.0","links_before":2,"installed_at":"1970-01-01T00:00:00+00:00","deadline":300,"stage":"on_trial","boot_id":"1"}"""u8]);
        Save("update-files", [1, .. """{"at":"1970-01-01T00:00:00+00:00","event":"good","version":"1.0.0","from_version":"","slot":"B","code":"","reason":"","trial":"t"}"""u8, (byte)'\n', .. """{"at":"1970-01-01T00:00:00+00:00","event":"refused"}"""u8]);
        Save("update-files", [2, .. """{"schema":1,"failed":[{"version":"1.0.0","reason":"x"}],"last_check":"1970-01-01T00:00:00+00:00"}"""u8]);
    }

    // A message of each kind, as the kernel lays it out: the numbers are those of nl80211 and rtnetlink.
    private static void Netlink()
    {
        static NetlinkWriter Answer(byte command) => new NetlinkWriter(28, NetlinkFlags.Multi).Raw([command, 1, 0, 0]);
        static byte[] Message(NetlinkWriter writer) => writer.ToMessage(NetlinkFlags.None, 1);
        static void Channel(NetlinkWriter list, ushort index, uint frequency, params ushort[] flags) => list.Nested(index, channel =>
        {
            channel.UInt32(1, frequency).UInt32(6, 2000);
            Array.ForEach(flags, flag => channel.Flag(flag));
        });

        var peer = new byte[] { 2, 0x42, 0x73, 0, 0, 2 };
        var end = Message(new NetlinkWriter(NetlinkMessage.Done).Raw(new byte[4]));
        var link = Message(new NetlinkWriter(NetworkLinks.NewLink).Raw([0, 0, 1, 0, 3, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]).Text(3, "wlan0").Bytes(1, peer).Nested(18, info => info.Text(1, "veth")));
        var wiphy = Message(Answer(3).UInt32(1, 0).Text(2, "phy0").Nested(32, types => types.Flag(1).Flag(2).Flag(7)).UInt32(143, 0x10020).Bytes(217, [0, 0, 0, 0, 0x40])
            .Nested(22, bands => bands.Nested(0, band => band.UInt16(4, 1).Nested(1, list => { Channel(list, 0, 2412); Channel(list, 1, 2484, 2); })).Nested(1, band => band.UInt32(8, 1).Nested(1, list => Channel(list, 0, 5260, 3, 5))))
            .Nested(120, combinations => combinations.Nested(1, one => one.UInt32(2, 2).UInt32(4, 1).Nested(1, limits => limits.Nested(1, limit => limit.UInt32(1, 1).Nested(2, types => types.Flag(3)))))));
        var station = Message(Answer(19).UInt32(3, 5).Bytes(6, peer).Nested(21, info => info.UInt32(1, 9).UInt64(24, 5_000_000_000).UInt8(6, 4).UInt8(7, 0xC3).UInt8(13, 0xC1).Nested(8, rate => rate.UInt16(1, 650).UInt32(5, 650)).Bytes(17, [0xFE, 0, 0, 0, 0xBA, 0, 0, 0]).UInt32(41, 151)));
        var path = Message(Answer(23).Bytes(6, peer).Bytes(26, peer).Nested(27, info => info.UInt32(3, 302).UInt8(5, 0x15).UInt8(8, 2)));
        var mesh = Message(Answer(34).Nested(47, bss => bss.Bytes(1, peer).UInt32(2, 2437).UInt16(5, 0).UInt32(7, unchecked((uint)-6100)).UInt32(10, 40).Bytes(6, [0, 0, 114, 2, (byte)'m', 27, 113, 5, 1, 1, 0, 1, 1, 48, 2, 1, 0])));
        var tree = Message(Answer(34).Nested(47, bss => bss.Bytes(1, peer).UInt32(2, 5180).UInt16(5, 0x11).Bytes(11, [0, 2, 0xC3, 0xA4, 221, 12, 2, 0x73, 0x6B, 1, 1, .. peer, 3, 221, 4, 0, 0x50, 0xF2, 1])));
        var one = Message(Answer(7).UInt32(1, 0).UInt32(3, 5).Text(4, "wlan0").UInt32(5, 7).Bytes(6, peer).UInt32(38, 2437));
        var rules = Message(Answer(31).Text(33, "DE"));
        var family = Message(new NetlinkWriter(GenericNetlink.Controller).Raw([1, 2, 0, 0]).Text(2, "nl80211").UInt16(1, 28).Nested(7, groups => groups.Nested(1, group => group.Text(1, "scan").UInt32(2, 6))));
        var refusal = Message(new NetlinkWriter(NetlinkMessage.Error, NetlinkFlags.Capped | NetlinkFlags.AcknowledgeAttributes).Raw([0xED, 0xFF, 0xFF, 0xFF]).Raw(new byte[16]).Text(1, "No such device"));
        foreach (var input in (byte[][])[[.. link, .. end], wiphy, station, [.. path, .. one], [.. mesh, .. tree], [.. rules, .. family], refusal])
        {
            Save("netlink-datagram", input);
        }
    }

    private static void BoxUpdates()
    {
        static byte[] Part(byte mode, byte seconds, string message)
        {
            var bytes = Encoding.UTF8.GetBytes(message);
            return [mode, seconds, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
        }

        static string Say(RolloutReport report) => JsonSerializer.Serialize(report, BoxUpdateJson.Default.RolloutReport);
        var view = new RolloutView("another", "1.0.1", 1, "a", "1.0.1", TimeSpan.FromSeconds(9), "");
        Save("box-updates", [
            .. Part(BoxUpdateTargets.Order, 0, """{"version":"1.0.1"}"""),
            .. Part(BoxUpdateTargets.Report, 1, Say(new RolloutReport("a", "1.0.0", RolloutState.Idle, "", "", 0, view))),
            .. Part(BoxUpdateTargets.Report, 200, Say(new RolloutReport("a", "1.0.0", RolloutState.Wanting, "1.0.1", "", 0, null))),
            .. Part(BoxUpdateTargets.Report, 9, Say(new RolloutReport("b", "1.0.0", RolloutState.Failed, "1.0.1", "it hangs", RolloutReport.Always, view with { Stopped = "b failed" }))),
        ]);
        Save("box-updates", [.. Part(BoxUpdateTargets.Get, 0, BoxUpdatePlan.Feed.AbsolutePath + "\n"), .. Part(BoxUpdateTargets.Get, 0, BoxUpdatePlan.Bundles + new string('a', 16) + ".raucb\nbytes=10-99"), .. Part(BoxUpdateTargets.Foreign, 0, "nothing")]);
    }

    private static void Visor()
    {
        var key = FuzzKeys.Peer.PublicKey;
        Save("config", JsonSerializer.SerializeToUtf8Bytes(new VisorConfig(), ConfigJson.Default.VisorConfig));
        Save("config", JsonSerializer.SerializeToUtf8Bytes(
            new VisorConfig
            {
                Name = "board 1",
                Services = new ServicesConfig { DmsgDiscovery = "http://dmsgd.example", RouteSetupNodes = [key] },
                Dmsg = new DmsgConfig { Servers = [new DmsgServerConfig { Key = key, Address = "192.0.2.1:8080" }] },
                Transport = new TransportConfig
                {
                    Stcp = new StcpConfig { Listen = "0.0.0.0:7778", Table = new Dictionary<string, string> { [key.ToString()] = "192.0.2.2:7778" } },
                    Stcpr = new StcprConfig { AllowPrivate = true },
                    Persistent = [new PersistentTransportConfig { Key = key, Type = "stcpr" }],
                },
                Apps = [new AppConfig { Name = "proxy", Kind = AppKinds.SkysocksClient, AutoStart = true, Settings = new Dictionary<string, string> { ["server"] = key.ToString(), ["listen"] = "127.0.0.1:1080" } }],
            },
            ConfigJson.Default.VisorConfig));
        Save("config", "{ }"u8.ToArray());
        Save("reference-config", Encoding.UTF8.GetBytes($$"""{"version":"v1.1.0","sk":"{{new string('1', 64)}}","pk":"{{key}}","dmsg":{"discovery":"http://dmsgd.skywire.skycoin.com","sessions_count":1,"servers":[]},"skywire-tcp":{"pk_table":{"{{key}}":"10.0.0.1:7777"},"listening_address":":7777"},"transport":{"discovery":"http://tpd.example","address_resolver":"http://ar.example","public_autoconnect":true},"routing":{"route_setup_nodes":["{{key}}"],"route_finder":"http://rf.example","min_hops":0},"launcher":{"service_discovery":"http://sd.example","apps":[{"name":"skysocks","binary":"skysocks","auto_start":true,"port":3}]},"persistent_transports":[{"pk":"{{key}}","type":"stcpr"}],"is_public":false}"""));
        foreach (var (name, member, call) in new[] { ("discovery-entry.json", "response_body_text", 0), ("discovery-entry.json", "response_body_text", 1), ("tpd-http.json", "response_body_utf8", 2), ("tpd-http.json", "response_body_utf8", 3) })
        {
            foreach (var text in Strings(Vectors.Load(name), member).Distinct().Take(24))
            {
                Save("service-answers", [(byte)call, 0, .. Encoding.UTF8.GetBytes(text)]);
            }
        }

        var id = TransportEntry.Create(FuzzKeys.Own.PublicKey, key, "stcpr", "user").Id;
        Save("service-answers", [4, 0, .. "{\"remote_addr\":\"198.51.100.7:45123\",\"port\":\"45123\",\"addresses\":[\"192.0.2.10\"],\"is_local\":false}"u8]);
        Save("service-answers", [5, 0, .. Encoding.UTF8.GetBytes($$"""{"{{FuzzKeys.Own.PublicKey}}{{key}}":[[{"tp_id":"{{id}}","from":"{{FuzzKeys.Own.PublicKey}}","to":"{{key}}"}]],"{{key}}{{FuzzKeys.Own.PublicKey}}":[[{"tp_id":"{{id}}","from":"{{key}}","to":"{{FuzzKeys.Own.PublicKey}}"}]]}""")]);
        Save("service-answers", [6, 0, .. Encoding.UTF8.GetBytes($$$"""[{"address":"{{{key}}}:3","type":"vpn","version":"1","geo":{"country":"CH","region":"ZH"}}]""")]);
        Save("service-answers", [7, 0]);
        Save("service-answers", [4, 1, .. "{\"error\":\"no entry\"}"u8]);
    }

    private static void Setup()
    {
        const string Good = "name=attic&country=DE&mesh=new&mesh_name=home&passphrase=correct+horse";
        byte[] Part(byte kind, string text) => [kind, .. Encoding.ASCII.GetBytes(text)];
        Save("setup-page", Part(SetupTargets.Request, "GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\n\r\n"));
        Save("setup-page", Part(SetupTargets.Request, "GET http://10.77.0.1/ HTTP/1.1\r\nHost: 10.77.0.1\r\n\r\n"));
        Save("setup-page", Part(SetupTargets.Request, $"POST / HTTP/1.1\r\nHost: 10.77.0.1\r\nOrigin: http://10.77.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {Good.Length}\r\n\r\n{Good}"));
        Save("setup-page", Part(SetupTargets.Form, Good));
        Save("setup-page", Part(SetupTargets.Form, "name=%3Cb%3E&country=&mesh=join%3Ahome&mesh_name=&passphrase=short"));
        Save("setup-page", [SetupTargets.Name, 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, .. "example"u8, 3, .. "org"u8, 0, 0, 1, 0, 1]);
        Save("setup-page", [SetupTargets.Name, 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, (byte)'a', 0, 0, 28, 0, 1, 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
    }

    private static byte[] Seal(RecordSealer sealer, int size)
    {
        var record = new byte[size + RecordSealer.Overhead];
        sealer.Seal(new byte[size], record);
        return record;
    }

    private static byte[] Framed(byte[] content)
    {
        var framed = new byte[2 + content.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)content.Length);
        content.CopyTo(framed, 2);
        return framed;
    }

    private static void SaveRequest(int kind, bool signed, string method, string target, string body) =>
        Save("service-requests", [(byte)(kind | (signed ? ServiceTargets.Signed : 0)), .. Encoding.UTF8.GetBytes($"{method}\0{target}\0{body}")]);

    private static void Save(string target, byte[] input)
    {
        if (input.Length <= MaxSize * 2)
        {
            Corpus.Save(target, input);
        }
    }

    private static void SaveHex(string target, string file, params string[] members)
    {
        foreach (var text in members.SelectMany(member => Strings(Vectors.Load(file), member)))
        {
            if (text.Length <= MaxSize * 2 && text.Length % 2 == 0 && text.Length > 0 && text.All(char.IsAsciiHexDigit))
            {
                Save(target, Convert.FromHexString(text));
            }
        }
    }

    // Every string in the files that is JSON itself and speaks of this member.
    private static void SaveJson(string target, string[] files, string member)
    {
        foreach (var text in files.SelectMany(file => Strings(Vectors.Load(file), null)).Distinct())
        {
            if (text.Length <= MaxSize && text.AsSpan().TrimStart() is ['{' or '[', ..] && text.Contains($"\"{member}\"", StringComparison.Ordinal))
            {
                Save(target, Encoding.UTF8.GetBytes(text));
            }
        }
    }

    private static IEnumerable<string> Strings(JsonElement element, string? member) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Value.ValueKind == JsonValueKind.String
                ? member is null || property.NameEquals(member) ? [property.Value.GetString()!] : Enumerable.Empty<string>()
                : Strings(property.Value, member)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Strings(item, member)),
        _ => [],
    };
}
