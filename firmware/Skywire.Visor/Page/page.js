// Shows one visor, asked anew every second. Text from the network only ever becomes text nodes.
"use strict";

const PERIOD_MS = 1000;
const REQUEST_LIMIT_MS = 5000;
const STATES = {
  booting: "Starting", no_link: "No link", linked: "Linked, not joined yet",
  joined: "Joined the mesh", traffic: "Joined, carrying traffic", attention: "Needs attention",
};
const $ = id => document.getElementById(id);
const PHASES = {
  idle: "Nothing to do", checking: "Looking for updates", downloading: "Downloading", verifying: "Checking what was downloaded",
  installing: "Writing the other slot: do not pull the plug", waiting_for_window: "Ready, waiting for the time of day", waiting_for_turn: "Ready, waiting for its turn in the box",
  rebooting: "Restarting into the new version", on_trial: "A new version has to prove itself", failed: "The last order was not carried out",
};
// What can be ended early, and what must not be disturbed.
const CANCELLABLE = ["checking", "downloading", "waiting_for_window", "waiting_for_turn"];
const BUSY = ["verifying", "installing", "rebooting", "on_trial"];
let lastAnswer = null;
let historyOf = null;
let lastState = "";

// The console's QR code carries a board's own password in the fragment, which is never sent. It is kept for this tab only and taken out of the address bar and the history.
// Without one the browser asks, as for any page with a password.
const scanned = new URLSearchParams(location.hash.slice(1)).get("password");
if (scanned) {
  sessionStorage.setItem("password", scanned);
  history.replaceState(null, "", location.pathname);
}
let asked = false;

function headers(more) {
  const password = sessionStorage.getItem("password");
  return password ? { ...more, Authorization: "Basic " + btoa("page:" + String.fromCharCode(...new TextEncoder().encode(password))) } : more;
}

async function get(path) {
  const reply = await fetch("/api/v1/" + path, { signal: AbortSignal.timeout(REQUEST_LIMIT_MS), cache: "no-store", headers: headers({}) });
  if (reply.status === 401) { sessionStorage.removeItem("password"); asked = true; }
  if (!reply.ok) { throw new Error((await reply.json()).error.message); }
  return reply.json();
}

async function change(path, button, body) {
  button.disabled = true;
  try {
    const reply = await fetch("/api/v1/" + path, { method: "POST", headers: headers({ "X-Skywire-Request": "1" }), body: body && JSON.stringify(body) });
    if (!reply.ok) {
      const { error } = await reply.json();
      announce(error.message + ". " + error.remedy);
      button.title = error.message + ". " + error.remedy;
    }
  } catch {
    announce("The board did not answer.");
  } finally {
    button.disabled = false;
  }
}

function announce(text) { $("live").textContent = text; }

function bytes(n) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let i = 0;
  while (n >= 1000 && i < units.length - 1) { n /= 1000; i++; }
  return (i === 0 || n >= 100 ? n.toFixed(0) : n.toFixed(1)) + " " + units[i];
}

const ms = n => n === null ? "-" : n < 10 ? n.toFixed(1) + " ms" : n.toFixed(0) + " ms";
const short = key => key.slice(0, 8) + "\u2026" + key.slice(-4);

function duration(s) {
  const d = Math.floor(s / 86400), h = Math.floor(s / 3600) % 24, m = Math.floor(s / 60) % 60;
  return d > 0 ? `${d} d ${h} h` : h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s % 60} s` : `${s} s`;
}

function text(id, value) { const e = $(id); if (e.textContent !== value) { e.textContent = value; } }

function cell(content, className) {
  const td = document.createElement("td");
  if (className) { td.className = className; }
  td.append(content);
  return td;
}

function keyCell(key) {
  const code = document.createElement("code");
  code.textContent = short(key);
  code.title = key;
  return cell(code);
}

function stateCell(state, words) {
  const td = document.createElement("td"), dot = document.createElement("span");
  dot.className = "dot";
  dot.dataset.state = state;
  dot.setAttribute("aria-hidden", "true");
  td.append(dot, words);
  return td;
}

// Rows are rebuilt only when something in them changed, so that focus and selection survive a quiet second.
function fill(id, items, row) {
  const body = $(id), stamp = JSON.stringify(items);
  if (body.dataset.stamp === stamp) { return; }
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.action : null;
  body.dataset.stamp = stamp;
  body.replaceChildren(...items.map(item => {
    const tr = document.createElement("tr");
    tr.append(...row(item));
    return tr;
  }));
  if (focused) { for (const b of body.querySelectorAll("button")) { if (b.dataset.action === focused) { b.focus(); } } }
  const empty = $(id + "-empty");
  if (empty) { empty.hidden = items.length > 0; body.closest(".scroll").hidden = items.length === 0; }
}

function showStatus(s) {
  const words = STATES[s.state] ?? s.state;
  text("name", s.name || "Skywire board");
  document.title = `${words} - ${s.name || "Skywire board"}`;
  text("state", words);
  text("reason", s.state_reason);
  text("key", s.public_key);
  text("version", `${s.version} (${s.commit})`);
  text("uptime", duration(s.uptime_seconds));
  text("count-links", String(s.transports_up));
  text("count-routes", String(s.route_groups));
  $("led").dataset.state = s.state;
  if (s.state !== lastState) {
    // Traffic comes and goes by the second; reading that aloud would drown everything else.
    if (!(["traffic", "joined"].includes(s.state) && ["traffic", "joined"].includes(lastState))) { announce(`${words}: ${s.state_reason}`); }
    lastState = s.state;
  }
  $("warnings-section").hidden = s.warnings.length === 0;
  const list = $("warnings"), stamp = JSON.stringify(s.warnings);
  if (list.dataset.stamp !== stamp) {
    list.dataset.stamp = stamp;
    list.replaceChildren(...s.warnings.map(w => { const li = document.createElement("li"); li.textContent = w; return li; }));
  }
  const services = [{ name: "dmsg", state: !s.dmsg.enabled ? "unused" : s.dmsg.ready ? "ok" : "starting", reason: s.dmsg.ready ? `${s.dmsg.servers.length} session${s.dmsg.servers.length === 1 ? "" : "s"}` : s.dmsg.reason }, ...s.services];
  fill("services", services.map(v => [v.name, v.state, v.reason]), v => [cell(v[0].replaceAll("_", " ")), stateCell(v[1], v[1]), cell(v[2])]);
}

function showBox(box) {
  $("box-section").hidden = !box;
  if (!box) { return; }
  const by = box.serving;
  text("box-state", `${box.mesh_name || "Box"}: ${box.joined ? "joined" : "not joined, " + box.reason}. ` +
    (!by ? "No board serves yet." : by.is_self ? "This board serves." : `Served by ${by.name || short(by.key)} at ${by.address}.`) + (box.problem ? ` ${box.problem}.` : ""));
  fill("box", box.members.map(m => [m.linked, m.name, m.key, m.address, m.serving]), m => [
    stateCell(m[0] ? "up" : "down", m[0] ? "up" : "down"), cell(m[1] || "-"), keyCell(m[2]), cell(m[3] || "-"), cell(m[4] ? "yes" : "no")]);
}

// Asked only when the status speaks of updates; the history only when something ended.
async function showUpdate(brief) {
  $("update-section").hidden = !brief || !brief.slot;
  if (!brief || !brief.slot) { return; }
  const u = await get("update");
  text("update-version", u.version);
  text("update-slot", u.slot);
  text("update-target", u.target && u.target !== u.version ? u.target : "nothing newer");
  text("update-checked", u.last_check ? new Date(u.last_check).toLocaleString() : "never");
  const order = u.order && u.order.done && u.order.code ? `${u.order.message}. ${u.order.remedy}` : u.reason;
  const words = `${PHASES[u.phase] ?? u.phase}${u.phase === "downloading" ? `: ${bytes(u.bytes_held)} of ${bytes(u.bytes_total)}, ${bytes(u.bytes_from_slot)} from the running slot` : ""}`;
  text("update-state", order ? `${words}. ${order}` : `${words}.`);
  const bar = $("update-progress"), moves = ["downloading", "installing"].includes(u.phase);
  bar.hidden = !moves;
  bar.value = u.percent;
  text("update-changelog", u.changelog);
  $("update-changelog").hidden = !u.changelog || u.target === u.version;
  const isBusy = BUSY.includes(u.phase), isRunning = u.order !== null && !u.order.done;
  $("update-check").disabled = isBusy || isRunning;
  $("update-install").disabled = isBusy || isRunning || !u.target || u.target === u.version;
  $("update-rollback").disabled = isBusy && u.phase !== "on_trial";
  $("update-cancel").hidden = !CANCELLABLE.includes(u.phase);
  const stamp = `${u.phase} ${u.last_good} ${JSON.stringify(u.refusals)}`;
  if (stamp !== historyOf) {
    if (historyOf !== null) { announce(words); }
    historyOf = stamp;
    const entries = (await get("update/history")).slice(-20).reverse();
    fill("update-history", entries.map(e => [e.at, e.event, e.version, e.slot, e.reason]), e => [
      cell(new Date(e[0]).toLocaleString()), stateCell(e[1], e[1].replaceAll("_", " ")), cell(e[2] || "-"), cell(e[3] || "-"), cell(e[4] || "-")]);
  }
}

// dBm: below FLOOR the service calls a link weak; the scale of bars and spark lines ends where nothing gets through or gets better.
const FLOOR = -80, WEAKEST = -95, STRONGEST = -35;
const AIR = {
  no_radio: "No radio", off: "Off", searching: "Searching for other boards", weak: "Linked, weak signal", joined: "Linked", setup: "Open for setup",
};
const MODES = { mesh: "802.11s mesh", ad_hoc: "ad-hoc network", tree: "tree", tree_station: "tree, leaf", tree_root: "tree, root" };

function element(name, className, ...content) {
  const e = document.createElement(name);
  if (className) { e.className = className; }
  e.append(...content);
  return e;
}

function svg(name, attributes, ...content) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) { e.setAttribute(key, value); }
  e.append(...content);
  return e;
}

function dot(air) {
  const e = element("span", "dot");
  e.dataset.air = air;
  e.setAttribute("aria-hidden", "true");
  return e;
}

const rate = n => n > 0 ? (n / 1e6).toFixed(n < 1e7 ? 1 : 0) + " Mbit/s" : "-";
const code = value => element("code", "", value);

function signalCell(dbm) {
  if (!dbm) { return cell("-"); }
  const lit = Math.max(1, Math.min(4, Math.ceil(4 * (dbm - WEAKEST) / (STRONGEST - 10 - WEAKEST))));
  const bars = svg("svg", { viewBox: "0 0 15 10", class: `bars ${dbm < FLOOR ? "poor" : dbm < FLOOR + 10 ? "fair" : ""}`, "aria-hidden": "true" });
  for (let i = 0; i < 4; i++) { bars.append(svg("rect", { x: i * 4, y: 7.5 - i * 2.5, width: 3, height: 2.5 + i * 2.5, class: i < lit ? "lit" : "" })); }
  const td = cell(bars, "signal");
  td.append(`${dbm} dBm`);
  return td;
}

// One value in 10 s, newest right; 0 is a gap. The dashed line is where weak begins.
function sparkCell(history) {
  const known = history.filter(v => v !== 0);
  if (known.length === 0) { return cell("-"); }
  const x = i => (140 - 1.5 * (history.length - 1 - i)).toFixed(1), y = v => (30 - 28 * (Math.max(WEAKEST, Math.min(STRONGEST, v)) - WEAKEST) / (STRONGEST - WEAKEST)).toFixed(1);
  const line = history.map((v, i) => v === 0 ? "" : `${i === 0 || history[i - 1] === 0 ? "M" : "L"}${x(i)} ${y(v)}`).join("");
  const words = `Signal of the last ${duration(10 * history.length)}: from ${Math.min(...known)} to ${Math.max(...known)} dBm, now ${history[history.length - 1] || "not known"}`;
  const chart = svg("svg", { viewBox: "0 0 144 32", class: "spark", role: "img", "aria-label": words },
    svg("title", {}, words), svg("line", { class: "floor", x1: 0, x2: 144, y1: y(FLOOR), y2: y(FLOOR) }), svg("path", { class: "line", d: line }));
  if (history[history.length - 1] !== 0) { chart.append(svg("circle", { cx: x(history.length - 1), cy: y(history[history.length - 1]), r: 2.5 })); }
  return cell(chart);
}

function radioItem(r) {
  const title = element("p", "", dot(r.state), element("strong", "", r.driver ? `${r.name}, ${r.driver}` : r.name), ` ${AIR[r.state] ?? r.state}`);
  const badges = [r.role, MODES[r.mode], r.channel > 0 && `channel ${r.channel}, ${r.frequency} MHz`, r.depth === 0 ? "root" : r.depth > 0 && `${r.depth} hop${r.depth === 1 ? "" : "s"} from the root`, r.interface];
  const facts = element("p", "", ...badges.filter(Boolean).map(b => element("span", "badge", b)));
  return element("li", "", title, facts, element("p", "", r.reason), element("p", "why", `Planned so: ${r.plan_reason}`));
}

// Paths of all radios as one tree below this board: each neighbour with what is reached over it.
function pathTree(radios) {
  const neighbours = new Map();
  for (const r of radios) {
    for (const n of r.neighbours) { neighbours.set(n.mac_address, { at: n.mac_address, words: n.signal ? `${n.signal} dBm` : "", active: true, below: [] }); }
  }
  for (const p of radios.flatMap(r => r.paths)) {
    if (!neighbours.has(p.next_hop)) { neighbours.set(p.next_hop, { at: p.next_hop, words: "", active: p.is_active, below: [] }); }
    if (p.destination === p.next_hop) { continue; }
    const words = [p.hops > 0 && `${p.hops} hops`, `metric ${p.metric}`, !p.is_active && "not usable now"].filter(Boolean).join(", ");
    neighbours.get(p.next_hop).below.push({ at: p.destination, words, active: p.is_active, below: [] });
  }
  return [...neighbours.values()];
}

function treeItem(node) {
  const li = element("li", node.active ? "" : "gone", code(node.at), node.words ? ` ${node.words}` : "");
  if (node.below.length > 0) { li.append(element("ul", "", ...node.below.map(treeItem))); }
  return li;
}

// Built anew only when it says something new, as rows are.
function rebuild(id, value, make) {
  const e = $(id), stamp = JSON.stringify(value);
  if (e.dataset.stamp !== stamp) {
    e.dataset.stamp = stamp;
    e.replaceChildren(...make(value));
  }
}

// Asked only when the status speaks of it.
async function showWifi(brief) {
  $("wifi-section").hidden = !brief;
  if (!brief) { return; }
  const w = await get("wifi"), air = w.is_running ? w.state : "failed";
  $("wifi-dot").dataset.air = air;
  text("wifi-state", w.is_running ? `${AIR[w.state] ?? w.state}:` : "The wifi service does not run.");
  text("wifi-reason", w.is_running ? `${w.reason}${w.mesh_name ? `; mesh ${w.mesh_name}` : ""}${w.country && w.country !== "00" ? `, rules of ${w.country}` : ""}` : `What follows is from ${new Date(w.at).toLocaleString()}.`);
  const isOpen = w.setup && w.setup.name;
  $("wifi-setup").hidden = !isOpen;
  if (isOpen) { text("wifi-setup", `The setup network ${w.setup.name} is open${w.setup.closes_at ? ` until ${new Date(w.setup.closes_at).toLocaleTimeString()}` : ""}: ${w.setup.reason}`); }
  rebuild("wifi-radios", w.radios.map(({ neighbours, paths, steps, since, ...shown }) => shown), radios => radios.map(radioItem));
  fill("wifi-neighbours", w.radios.flatMap(r => r.neighbours.map(n => [n.mac_address, n.signal, n.signal_history, n.transmit_rate, n.receive_rate, n.retry_percent, n.peering, n.is_authorized])), n => [
    cell(code(n[0])), signalCell(n[1]), sparkCell(n[2]), cell(rate(n[3]), "number"), cell(rate(n[4]), "number"), cell(`${n[5].toFixed(1)} %`, "number"), cell((n[6] || "linked").replaceAll("_", " ") + (n[7] ? "" : ", not let in"))]);
  const tree = pathTree(w.radios);
  $("wifi-paths-block").hidden = !tree.some(n => n.below.length > 0);
  rebuild("wifi-paths", tree, nodes => [element("ul", "tree", element("li", "", "This board", element("ul", "", ...nodes.map(treeItem))))]);
  text("wifi-heard-title", `Networks heard (${w.heard.length})${w.heard_at ? `, ${new Date(w.heard_at).toLocaleTimeString()}` : ""}`);
  fill("wifi-heard", w.heard.map(h => [h.name, h.signal, h.type, h.channel, h.is_secured, h.mac_address, h.is_ours]), h => [
    cell(h[6] ? element("strong", "", `${h[0]} (this mesh)`) : h[0] || "(hidden)"), signalCell(h[1]), cell(h[2].replaceAll("_", " ")), cell(String(h[3]), "number"), cell(h[4] ? "yes" : "none"), cell(code(h[5]))]);
}

function wireUpdate() {
  const press = (id, path, question, body) => $(id).addEventListener("click", () => {
    if (!question || confirm(question)) { change("update/" + path, $(id), body); }
  });
  press("update-check", "check");
  press("update-install", "install", "Install the update? The board restarts, and goes back by itself if the new version does not work.", {});
  press("update-cancel", "cancel");
  press("update-rollback", "rollback", "Go back to the system in the other slot? The board restarts.");
}

function curve(values, top) {
  const step = 600 / Math.max(1, 299), start = 600 - step * (values.length - 1);
  return values.map((v, i) => `${i ? "L" : "M"}${(start + i * step).toFixed(1)} ${(139 - 130 * v / top).toFixed(1)}`).join("");
}

function showSamples(view) {
  const all = view.samples;
  if (all.length === 0) { return; }
  const sent = all.map(s => s.sent), received = all.map(s => s.received), last = all[all.length - 1];
  const top = Math.max(1000, ...sent, ...received);
  text("rate-sent", bytes(last.sent) + "/s");
  text("rate-received", bytes(last.received) + "/s");
  text("chart-top", "top " + bytes(top) + "/s");
  $("line-sent").setAttribute("d", curve(sent, top));
  const line = curve(received, top);
  $("line-received").setAttribute("d", line);
  const step = 600 / 299;
  $("area-received").setAttribute("d", `${line}L600 139L${(600 - step * (received.length - 1)).toFixed(1)} 139Z`);
  $("chart").setAttribute("aria-label", `Throughput of the last five minutes: now ${bytes(last.sent)} per second sent, ${bytes(last.received)} per second received, highest ${bytes(top)} per second`);
}

async function refresh() {
  // One question first: while the browser asks for a password, it asks once.
  if (!lastAnswer) { await get("health"); }
  const [status, transports, groups, apps, samples] = await Promise.all(["status", "transports", "route-groups", "apps", "samples"].map(get));
  showStatus(status);
  showBox(status.box);
  await showWifi(status.wifi);
  showSamples(samples);
  await showUpdate(status.update);
  fill("links", transports.map(t => [t.up, t.remote_key, t.type, ms(t.round_trip_ms), bytes(t.sent_bytes), bytes(t.received_bytes), t.remote_address]), t => [
    stateCell(t[0] ? "up" : "down", t[0] ? "up" : "down"), keyCell(t[1]), cell(t[2]), cell(t[3], "number"), cell(t[4], "number"), cell(t[5], "number"), cell(t[6] || "-")]);
  fill("routes", groups.map(g => [g.remote, String(g.remote_port), ms(g.round_trip_ms), bytes(g.sent_bytes), bytes(g.received_bytes)]), g => [
    keyCell(g[0]), cell(g[1], "number"), cell(g[2], "number"), cell(g[3], "number"), cell(g[4], "number")]);
  fill("apps", apps.map(a => [a.name, a.kind, String(a.port), a.status, a.detail]), a => {
    const button = document.createElement("button"), verb = a[3] === "running" || a[3] === "starting" ? "stop" : "start";
    button.textContent = verb === "stop" ? "Stop" : "Start";
    button.setAttribute("aria-label", `${button.textContent} ${a[0]}`);
    button.dataset.action = a[0];
    button.addEventListener("click", () => change(`apps/${encodeURIComponent(a[0])}/${verb}`, button));
    return [cell(a[0]), cell(a[1]), cell(a[2], "number"), stateCell(a[3], a[4] && a[4].toLowerCase() !== a[3] ? `${a[3]}: ${a[4]}` : a[3]), cell(button)];
  });
}

async function run() {
  while (!asked) {
    if (!document.hidden) {
      try {
        await refresh();
        lastAnswer = new Date();
        $("offline").hidden = true;
      } catch {
        text("last-seen", lastAnswer ? lastAnswer.toLocaleTimeString() : "before");
        if ($("offline").hidden) { $("offline").hidden = false; }
        $("led").dataset.state = "booting";
        text("state", "No answer");
        lastState = "";
      }
    }
    await new Promise(done => setTimeout(done, PERIOD_MS));
  }
  text("state", "Password needed: load this page again, or scan the code on the board's console");
}

wireUpdate();
run();
