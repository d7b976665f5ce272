// The shopper's page: it joins the line once, follows its place by events or polls from whichever node answers, and hands the
// pass to the shop. What it knows lies in localStorage, so that a reload changes nothing.
const $ = (id) => document.getElementById(id);
const DATA = JSON.parse($("data").textContent);
const NODES = [...new Set([location.origin, ...DATA.nodes])];
const PATH = "/v1/events/" + encodeURIComponent(DATA.event) + "/room";
const KEEP = "parterre.room." + DATA.event;
const SILENCE = 45_000; // ms without a heartbeat after which events are given up; the node's is 15 s
const PATIENCE = 8_000; // ms for one answer
const given = new URLSearchParams(location.hash.slice(1)); // buyer, lane, invitation: never sent to a log
let node = 0, tongue = DATA.lang, last = null, mine = recall(), shown = "", leaving = false, ask = null;

function recall() { try { return JSON.parse(localStorage.getItem(KEEP)) || {}; } catch { return {}; } }
function keep(change) {
  mine = change && { ...mine, ...change } || {};
  try { change ? localStorage.setItem(KEEP, JSON.stringify(mine)) : localStorage.removeItem(KEEP); } catch { /* private windows */ }
}
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const jitter = (ms) => ms * (0.75 + Math.random() / 2); // so that a crowd does not come back as one
const key = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16)).join("-");

function headers(more) { return mine.token ? { "Parterre-Visitor": mine.token, ...more } : { ...more }; }

// call asks node after node until one answers; a problem is thrown with its code.
async function call(method, path, body) {
  const more = body === undefined ? {} : { "Content-Type": "application/json" };
  if (path === "/visitors") more["Idempotency-Key"] = mine.key; // a repeated join is answered with the same number
  for (let tried = 0; ; tried++) {
    let answer = null;
    try {
      answer = await fetch(NODES[node] + PATH + path, {
        method, headers: headers(more), body: body && JSON.stringify(body), cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.status < 500 && answer.status !== 429) {
        contact(true);
        const said = answer.status === 204 ? null : await answer.json();
        if (answer.ok) return said;
        throw Object.assign(new Error(said.detail), { code: said.code, title: said.title });
      }
    } catch (e) { if (e.code && typeof e.code === "string") throw e; }
    if (answer?.status === 429) {
      say("busy");
      await pause(jitter(1000 * (Number(answer.headers.get("Retry-After")) || 1)));
      continue;
    }
    node = (node + 1) % NODES.length;
    if (tried >= 1) contact(false);
    await pause(jitter(Math.min(5000, 250 * 2 ** Math.min(tried, 5))));
  }
}

async function join() {
  if (!mine.key) keep({ key: key() });
  const wish = {};
  for (const name of ["buyer", "lane", "invitation"]) if (given.get(name)) wish[name] = given.get(name);
  const s = await call("POST", "/visitors", wish);
  keep({ token: s.token, first: 0 });
  show(s);
}

// listen follows the node's events until they end; true if any came.
async function listen() {
  const stop = new AbortController();
  let watch = setTimeout(() => stop.abort(), PATIENCE), heard = false;
  ask = () => stop.abort();
  try {
    const answer = await fetch(NODES[node] + PATH + "/visitors/me/events", { headers: headers({ Accept: "text/event-stream" }), cache: "no-store", signal: stop.signal });
    if (!answer.ok || !answer.body) return false;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = "", done = false, value; !done;) {
      ({ done, value } = await reader.read());
      clearTimeout(watch);
      watch = setTimeout(() => stop.abort(), SILENCE);
      text += value ?? "";
      for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
        const line = text.slice(0, end).split("\n").find((l) => l.startsWith("data:"));
        if (!line) continue;
        heard = true;
        contact(true);
        show(JSON.parse(line.slice(5)));
      }
    }
  } catch { /* the node went away, or fell silent */ } finally { clearTimeout(watch); ask = null; }
  return heard;
}

async function follow() {
  for (let events = true; ;) {
    try {
      if (leaving) return;
      if (!mine.token) await join();
      if (events && await listen()) continue; // it ended in order, or broke: poll once, which finds a node that answers
      if (leaving) return;
      const s = await call("GET", "/visitors/me");
      show(s);
      events = Math.random() < 0.25 || !last; // events are tried again now and then
      await pause(jitter(1000 * s.poll_after_seconds));
    } catch (e) {
      if (e.code !== "room_not_open") return refused(e);
      await early();
    }
  }
}

function refused(e) {
  const states = { call_lapsed: "lapsed", session_ended: "over", room_closed: "closed" };
  const over = /^token_/.test(e.code ?? ""), state = states[e.code] ?? (over ? "lost" : "refused");
  if (over || state === "lapsed" || state === "over") keep(null);
  last = { state, said: state === "refused" ? e.message : "" };
  paint();
}

// early shows when the line opens, and comes back then.
async function early() {
  const room = await call("GET", "");
  last = { state: "before", room };
  paint();
  await pause(jitter(Math.min(30_000, Math.max(1000, Date.parse(room.prequeue_opens_at) - Date.now()))));
}

function show(s) {
  if (s.ahead > (mine.first || 0)) keep({ first: s.ahead });
  if (s.state === "ready" && last?.state !== "ready") navigator.vibrate?.([200, 100, 200]);
  if (s.state === "left") s.state = "over";
  last = { ...s, till: s.enter_by && Date.now() + 1000 * s.enter_within_seconds };
  paint();
}

function w(name, values = {}) { return WORDS[tongue][name]?.replace(/{(\w+)}/g, (_, v) => values[v]) ?? ""; }
const count = (n) => new Intl.NumberFormat(tongue).format(n);
function span(seconds) {
  const m = Math.max(1, Math.round(seconds / 60));
  return m < 60 ? w("minutes", { n: m }) : w("hours", { h: Math.floor(m / 60), m: m % 60 });
}
function text(id, value) { const e = $(id); if (e.textContent !== value) e.textContent = value; }
function say(name) { text("say", w(name)); }
function contact(ok) { text("contact", ok ? "" : w("lostContact")); }

function paint() {
  const s = last ?? { state: "joining" }, room = s.room ?? {};
  const line = s.state === "waiting" && s.ahead !== null;
  document.documentElement.lang = tongue;
  $("card").dataset.state = s.state;
  text("head", w(s.state) || w("closed"));
  text("say", s.said || w(s.state === "inside" && !room.shop_url ? "insideHere" : s.state + "Say", { opens: opening(s.state === "before" ? room.prequeue_opens_at : room.opens_at) }));
  $("where").hidden = !line;
  if (line) paintLine(s);
  text("wait", line ? estimate(s) : "");
  text("sale", sale(s, room));
  paintLeft();
  const shop = room.shop_url ? "shop" : "";
  const act = { ready: "enter", open: shop, inside: shop, over: "again", lapsed: "again", lost: "again", gone: "again" }[s.state];
  $("go").hidden = !act;
  text("go", w(act ?? ""));
  text("leave", w("leave"));
  $("leave").hidden = !["pre_queue", "waiting", "ready", "inside", "sold_out"].includes(s.state);
  $("pass").hidden = s.state !== "inside" || !!room.shop_url || !mine.pass;
  text("pass", mine.pass ?? "");
  document.title = (line ? "(" + count(s.position) + ") " : s.state === "ready" ? "★ " : "") + w(s.state) + " · " + (DATA.name || DATA.event);
  paintProof(s, room);
  for (const b of $("tongues").children) b.setAttribute("aria-pressed", String(b.lang === tongue));
}

function paintLine(s) {
  const first = Math.max(mine.first || 0, s.ahead, 1), way = Math.round(100 * (1 - s.ahead / first));
  text("number", count(s.position));
  text("of", w("of", { n: count(Math.max(s.waiting, s.ahead + 1)) }));
  text("ahead", s.ahead ? w("ahead", { n: count(s.ahead) }) : w("aheadNone"));
  $("line").setAttribute("aria-valuenow", way);
  $("line").setAttribute("aria-label", w("place") + " " + count(s.position));
  $("you").style.left = "calc((100% - 3.6rem) * " + way / 100 + ")";
}

function estimate(s) {
  if (s.wait_seconds === null) return w("never");
  if (s.wait_high_seconds < 60) return w("soon");
  return w("wait", { t: span(s.wait_seconds), a: span(s.wait_low_seconds), b: span(s.wait_high_seconds) });
}

function opening(at) {
  if (!at) return "";
  return new Intl.DateTimeFormat(tongue, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

function sale(s, room) {
  if (!["waiting", "ready", "inside"].includes(s.state)) return "";
  if (room.phase === "paused") return w("paused");
  if (room.phase === "selling" && !room.free && room.held) return w("held");
  return room.phase === "selling" ? w("selling", { inside: count(room.inside), rate: count(room.rate_per_minute) }) : "";
}

function paintLeft() {
  const ms = last?.till ? last.till - Date.now() : 0, pad = (n) => String(n).padStart(2, "0");
  text("left", last?.state === "ready" && ms > 0 ? w("left", { t: Math.floor(ms / 60000) + ":" + pad(Math.floor(ms / 1000) % 60) }) : "");
}

function paintProof(s, room) {
  $("fair").hidden = !room.seed_hash;
  text("how", w("how"));
  text("why", w("why"));
  const rows = [["hash", room.seed_hash], ["seed", room.seed ?? w("none")], ["drawn", room.drawn ?? w("none")], ["mine", s.number]];
  const now = JSON.stringify([tongue, rows]);
  if (now === shown) return;
  shown = now;
  $("proof").replaceChildren(...rows.flatMap(([name, value]) => [["dt", w(name)], ["dd", String(value ?? "")]]).map(([tag, t]) => {
    const e = document.createElement(tag);
    e.textContent = t;
    return e;
  }));
}

// handOver gives the pass to the shop: to the window that opened or embeds this page, or by going there. It goes to the
// shop's own origin or to nobody, and in the fragment, which no server logs.
function handOver(pass) {
  const url = last?.room?.shop_url;
  if (!url) return paint();
  const shop = new URL(url), other = window.opener ?? (parent !== window ? parent : null);
  if (other) other.postMessage({ type: "parterre-pass", event: DATA.event, pass }, shop.origin);
  if (parent !== window) return;
  shop.hash = "parterre-pass=" + encodeURIComponent(pass) + "&event=" + encodeURIComponent(DATA.event);
  location.assign(shop);
}

async function go() {
  const state = last?.state;
  if (["over", "lapsed", "lost", "gone"].includes(state)) return keep(null), location.reload();
  if (state === "open") return location.assign(last.room.shop_url);
  $("go").disabled = true;
  try {
    const s = await call("POST", "/visitors/me/enter", {});
    keep({ pass: s.pass });
    show({ ...last, ...s, state: "inside" });
    handOver(s.pass);
  } catch (e) { refused(e); } finally { $("go").disabled = false; }
}

async function leave() {
  if (!confirm(w("sure"))) return;
  leaving = true;
  try { await call("POST", "/visitors/me/leave", {}); } catch { /* it is given up here anyway */ }
  keep(null);
  ask?.();
  last = { state: "gone" };
  paint();
}

$("go").addEventListener("click", go);
$("leave").addEventListener("click", leave);
$("tongues").addEventListener("click", (e) => {
  if (!e.target.lang) return;
  tongue = e.target.lang;
  try { localStorage.setItem("parterre.tongue", tongue); } catch { /* private windows */ }
  paint();
});
try { tongue = WORDS[localStorage.getItem("parterre.tongue")] ? localStorage.getItem("parterre.tongue") : tongue; } catch { /* as above */ }
addEventListener("online", () => ask?.());
setInterval(paintLeft, 500);
paint();
follow();
