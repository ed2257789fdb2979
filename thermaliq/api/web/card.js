// One asset: its latest point at a glance, its trend, its energy balance.

import * as api from "./api.js";
import { Chart } from "./chart.js";
import { element } from "./dom.js";
import { eta, etaUnit, isCop, label, moment, quantity, reason, share, standing, time, words } from "./format.js";

const TREND_WINDOWS = 300;
const STALE_WINDOWS = 4;
const STALE_LEAST_MS = 20_000;

export class Card {
  #series = new Map(); // window name -> points by window end
  #due = false;
  #arrived = new Map(); // window name -> when the newest came

  constructor(asset) {
    this.asset = asset;
    this.window = asset.windows[0] ?? null;
    this.chart = this.window ? new Chart(asset.type, this.#gapUs()) : null;
    this.quality = element("span", { class: "quality" });
    this.value = element("p", { class: "value" });
    this.reasons = element("ul", { class: "reasons" });
    this.facts = element("dl", { class: "facts" });
    this.balance = element("div", { class: "balance" });
    this.foot = element("p", { class: "foot" });
    this.tabs = element("div", { class: "tabs", role: "group", "aria-label": "Window" });
    this.node = element("article", { class: "card", "data-quality": "NONE", "aria-label": asset.id }, this.#head());
    if (this.window) {
      const body = element("div", { class: "now" }, element("div", {}, this.value, this.reasons), this.facts);
      this.node.append(body, this.chart.node, this.balance, this.foot);
      this.#drawTabs();
    }
    this.draw();
  }

  #head() {
    const title = element("h3", {}, words(this.asset.id));
    const kind = element("p", { class: "kind" }, `${this.asset.id} · ${this.asset.type.replaceAll("_", " ")}`);
    return element("header", {}, element("div", {}, title, kind), this.tabs, this.quality);
  }

  async load() {
    if (!this.window) return;
    for (const point of await api.latest(this.asset.id)) this.take(point, false);
    await this.#loadTrend();
  }

  async #loadTrend() {
    const newest = this.latest();
    if (!newest) return;
    const fromUs = Math.round(newest.window_end_us - TREND_WINDOWS * this.window.advance_s * 1e6);
    for (const point of await api.points(this.asset.id, this.window.name, fromUs)) this.take(point, false);
    this.draw();
  }

  take(point, live = true) {
    const series = this.#series.get(point.window) ?? new Map();
    this.#series.set(point.window, series);
    const known = series.get(point.window_end_us);
    if (known && known.revision > point.revision) return;
    series.set(point.window_end_us, point);
    if (series.size > 2 * TREND_WINDOWS) this.#trim(point.window, series);
    this.#arrived.set(point.window, live ? Date.now() : this.#arrived.get(point.window) ?? Date.now());
    if (live && point.window === this.window?.name) this.#drawSoon();
  }

  // However many points come at once, a frame draws once.
  #drawSoon() {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.draw();
    });
  }

  #trim(name, series) {
    const kept = [...series].sort(([one], [other]) => one - other).slice(-TREND_WINDOWS);
    this.#series.set(name, new Map(kept));
  }

  #points() {
    const points = [...(this.#series.get(this.window?.name)?.values() ?? [])];
    points.sort((one, other) => one.window_end_us - other.window_end_us);
    return points.slice(-TREND_WINDOWS);
  }

  latest() {
    return this.#points().at(-1) ?? null;
  }

  isStale(now) {
    const arrived = this.#arrived.get(this.window?.name);
    if (!arrived) return false;
    return now - arrived > Math.max(STALE_LEAST_MS, STALE_WINDOWS * this.window.advance_s * 1000);
  }

  #gapUs() {
    return 1.5 * this.window.advance_s * 1e6;
  }

  #drawTabs() {
    this.tabs.replaceChildren(...this.asset.windows.map((window) => {
      const tab = element("button", { type: "button", "aria-pressed": String(window === this.window) }, window.name);
      tab.addEventListener("click", () => this.#choose(window));
      return tab;
    }));
  }

  #choose(window) {
    this.window = window;
    this.#drawTabs();
    this.draw();
    this.#loadTrend().catch((error) => console.warn(error.message));
  }

  draw() {
    const points = this.#points();
    const point = points.at(-1);
    const state = standing(point);
    this.node.dataset.quality = state;
    this.quality.title = point ? `quality ${point.quality}` : "";
    this.quality.textContent = point ? words(state.toLowerCase()) : this.window ? "No point yet" : "Not calculated";
    if (!this.window) return;
    this.chart.set(points, this.#gapUs());
    if (point) this.#drawPoint(point);
    else this.value.replaceChildren(element("b", {}, "–"), element("small", {}, label(this.asset.type)));
  }

  #drawPoint(point) {
    const { type } = this.asset;
    const band = point.eta_u95 === null ? "" : `± ${eta(point.eta_u95, type)}`;
    this.value.replaceChildren(
      element("b", {}, eta(point.eta, type)), element("i", {}, etaUnit(type)),
      element("span", { title: "95 % uncertainty" }, band), element("small", {}, label(type)),
    );
    this.reasons.replaceChildren(...point.reasons.map((text) => element("li", {}, reason(text))));
    this.facts.replaceChildren(...facts([
      ["Coverage", share(point.coverage)],
      ["Steady", share(point.steady_fraction)],
      ...Object.entries(point.values).slice(0, 2).map(([name, value]) => [words(name), quantity(value, this.asset.values[name] ?? "1")]),
    ]));
    this.#drawBalance(point);
    const revised = point.revision ? ` · revision ${point.revision}` : "";
    this.foot.textContent = `${time(point.window_start_us)} – ${moment(point.window_end_us)} · ${point.method}${revised}`;
  }

  #drawBalance(point) {
    const parts = balance(point);
    const bar = element("div", { class: "stack", "aria-hidden": "true" }, ...parts.map(({ kind, value }) => {
      const part = element("span", { "data-kind": kind });
      part.style.flexGrow = Math.max(0, value ?? 0) / Math.abs(point.energy_in_j || 1);
      return part;
    }).filter((part) => part.dataset.kind !== "in"));
    const rows = parts.map(({ kind, name, value }) => element("div", {}, element("dt", { "data-kind": kind }, name), element("dd", {}, quantity(value, "J"))));
    this.balance.replaceChildren(...(isCop(point.type) ? [] : [bar]), element("dl", { class: "energies" }, ...rows));
  }
}

function facts(pairs) {
  return pairs.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
}

function balance(point) {
  const losses = Object.entries(point.losses_j).map(([name, value]) => ({ kind: "loss", name: words(name), value }));
  return [
    { kind: "in", name: "Energy in", value: point.energy_in_j },
    { kind: "out", name: "Energy out", value: point.energy_out_j },
    ...losses,
    { kind: "residual", name: "Residual", value: point.residual_j },
  ];
}
