// The page: loads what there is, then follows what is committed.

import { drawAlarms, stands } from "./alarms.js";
import * as api from "./api.js";
import { Card } from "./card.js";
import { element } from "./dom.js";
import { ago, moment } from "./format.js";
import { Live } from "./live.js";

const LINK_WORDS = { connecting: "Connecting", live: "Live", lost: "Connection lost" };
const AT_ONCE = 6;
const RETRY_MS = 2000;

const find = (id) => document.getElementById(id);
const cards = new Map();
const plant = { link: "connecting", active: 0, standing: 0, heard: Date.now() };

async function loadCards() {
  const assets = await api.assets();
  find("site").textContent = [...new Set(assets.map((asset) => asset.site))].join(", ");
  for (const asset of assets) {
    if (!cards.has(asset.id)) cards.set(asset.id, new Card(asset));
  }
  const order = [...cards.values()].sort((one, other) => Number(!one.window) - Number(!other.window));
  find("cards").replaceChildren(...order.map((card) => card.node));
  const waiting = [...cards.values()];
  const work = async () => {
    for (let card = waiting.shift(); card; card = waiting.shift()) await card.load();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  summarise();
}

async function loadAlarms() {
  const [active, recent] = await Promise.all([api.activeAlerts(), api.alerts()]);
  plant.active = active.length;
  plant.standing = active.filter(stands).length;
  drawAlarms(find("alarms"), active, recent);
  summarise();
}

async function loadSystem() {
  let said = { status: "unreachable", components: {} };
  try {
    said = await api.readiness();
  } catch (error) {
    console.warn(error.message);
  }
  const rows = Object.entries(said.components).map(([name, { state, detail }]) => [name, state, detail]);
  const shown = [["service", said.status, ""], ...rows];
  find("system").replaceChildren(...shown.map(([name, state, detail]) =>
    element("div", { title: detail || null }, element("dt", {}, name), element("dd", { "data-state": state }, state.replaceAll("_", " ")))));
}

function summarise() {
  const now = Date.now();
  const calculated = [...cards.values()].filter((card) => card.window);
  const count = (quality) => calculated.filter((card) => card.node.dataset.quality === quality).length;
  const stale = calculated.filter((card) => card.isStale(now)).length;
  const tiles = [
    ["Good", count("GOOD"), ""],
    ["Uncertain", count("UNCERTAIN"), count("UNCERTAIN") ? "warn" : ""],
    ["Bad", count("BAD"), count("BAD") ? "bad" : ""],
    ["Off", count("OFF"), ""],
    ["Stale", stale, stale ? "warn" : ""],
    ["Active alarms", plant.active, plant.standing ? "bad" : plant.active ? "warn" : ""],
  ];
  find("summary").replaceChildren(...tiles.map(([name, value, tone]) =>
    element("div", { "data-tone": tone }, element("dt", {}, name), element("dd", {}, value))));
  const newest = Math.max(...calculated.map((card) => card.latest()?.window_end_us ?? -Infinity));
  find("clock").textContent = Number.isFinite(newest) ? moment(newest) : "";
}

function drawLink() {
  const now = Date.now();
  const link = find("link");
  link.dataset.state = plant.link;
  link.textContent = plant.link === "live" ? LINK_WORDS.live : `${LINK_WORDS[plant.link]} · ${ago(now - plant.heard)}`;
  document.body.dataset.link = plant.link;
  for (const card of cards.values()) card.node.dataset.stale = String(plant.link === "lost" || card.isStale(now));
}

// Runs `load` until it succeeds; asked while it runs, it runs once more.
function retrying(load) {
  let running = false;
  let again = false;
  return async function run() {
    again = running;
    if (running) return;
    running = true;
    try {
      await load();
    } catch (error) {
      console.warn(error.message);
      setTimeout(run, RETRY_MS);
    } finally {
      running = false;
    }
    if (again) run();
  };
}

const bringCards = retrying(loadCards);
const bringAlarms = retrying(loadAlarms);

const live = new Live({
  ready: (resumed) => {
    if (!resumed) bringCards();
    bringAlarms();
    loadSystem();
  },
  point: (point) => {
    plant.heard = Date.now();
    cards.get(point.asset)?.take(point);
  },
  alert: bringAlarms,
  heartbeat: () => {
    plant.heard = Date.now();
    loadSystem();
  },
  state: (name) => {
    plant.link = name === "connecting" && plant.link === "lost" ? "lost" : name;
    if (name === "live") plant.heard = Date.now();
    drawLink();
  },
});

live.connect();
setInterval(() => {
  summarise();
  drawLink();
}, 1000);
