// A trend: eta with its 95 % band over time; gaps where there is none, marks where it is not good.

import { drawing, element } from "./dom.js";
import { axisTime, eta, etaUnit, isCop, moment, standing } from "./format.js";

const HEIGHT = 132;
const LEFT = 44;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 20;

export class Chart {
  #points = [];
  #shown = null;

  constructor(type, gapUs) {
    this.type = type;
    this.gapUs = gapUs;
    this.svg = drawing("svg", { class: "chart", role: "img" });
    this.said = element("p", { class: "said" });
    this.node = element("figure", { class: "trend" }, this.svg, this.said);
    this.svg.addEventListener("pointermove", (event) => this.#point(event));
    this.svg.addEventListener("pointerleave", () => this.#show(null));
    new ResizeObserver(() => this.draw()).observe(this.node);
  }

  set(points, gapUs) {
    this.#points = points;
    this.gapUs = gapUs;
    this.draw();
  }

  draw() {
    const width = this.node.clientWidth;
    if (width < 50) return;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.svg.setAttribute("height", HEIGHT);
    const valued = this.#points.filter((point) => point.eta !== null);
    if (!valued.length) {
      this.svg.replaceChildren(drawing("text", { class: "none", x: width / 2, y: HEIGHT / 2 }, "no value in this time"));
      this.svg.setAttribute("aria-label", "Trend: no value in this time");
      return;
    }
    this.scale = scales(this.#points, valued, width, isCop(this.type));
    this.svg.setAttribute("aria-label", `Trend of ${valued.length} windows, latest ${eta(valued.at(-1).eta, this.type)} ${etaUnit(this.type)}`);
    this.cursor = drawing("g", { class: "cursor" });
    this.svg.replaceChildren(
      ...this.#grid(width),
      ...runs(this.#points, this.gapUs).flatMap((run) => this.#run(run)),
      ...this.#marks(),
      this.cursor,
    );
    this.#show(this.#shown);
  }

  #grid(width) {
    const { x, y, ticks, from, to } = this.scale;
    const lines = ticks.flatMap((tick) => [
      drawing("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick) }),
      drawing("text", { class: "tick", x: LEFT - 6, y: y(tick) + 3.5, "text-anchor": "end" }, isCop(this.type) ? tick.toFixed(2) : digits(tick * 100, ticks)),
    ]);
    const ends = to > from ? [[from, "start"], [(from + to) / 2, "middle"], [to, "end"]] : [[to, "middle"]];
    return [
      ...lines,
      ...ends.map(([us, anchor]) => drawing("text", { class: "tick", x: x(us), y: HEIGHT - 5, "text-anchor": anchor }, axisTime(us, to - from))),
    ];
  }

  #run(run) {
    const { x, y } = this.scale;
    const at = (value) => (point) => `${x(point.window_end_us).toFixed(1)},${y(value(point)).toFixed(1)}`;
    const upper = run.map(at((point) => point.eta + (point.eta_u95 ?? 0)));
    const lower = run.map(at((point) => point.eta - (point.eta_u95 ?? 0))).reverse();
    const line = run.map(at((point) => point.eta));
    if (run.length === 1) {
      const [cx, cy] = line[0].split(",");
      return [drawing("circle", { class: "dot", cx, cy, r: 2 })];
    }
    return [
      drawing("path", { class: "band", d: `M${upper.join("L")}L${lower.join("L")}Z` }),
      drawing("path", { class: "line", d: `M${line.join("L")}` }),
    ];
  }

  #marks() {
    const { x } = this.scale;
    const floor = HEIGHT - BOTTOM;
    return this.#points
      .filter((point) => point.quality !== "GOOD")
      .map((point) => drawing("line", {
        class: "mark", "data-quality": standing(point), x1: x(point.window_end_us), x2: x(point.window_end_us), y1: floor - 3, y2: floor + 2,
      }));
  }

  #point(event) {
    if (!this.scale || !this.#points.length) return;
    const at = event.clientX - this.svg.getBoundingClientRect().left;
    const distance = (point) => Math.abs(this.scale.x(point.window_end_us) - at);
    this.#show(this.#points.reduce((best, point) => (distance(point) < distance(best) ? point : best)));
  }

  #show(point) {
    this.#shown = point;
    this.said.textContent = point
      ? `${moment(point.window_end_us)}   ${eta(point.eta, this.type)}${point.eta_u95 === null ? "" : ` ± ${eta(point.eta_u95, this.type)}`} ${etaUnit(this.type)}   ${point.quality.toLowerCase()}`
      : "";
    if (!this.cursor) return;
    this.cursor.replaceChildren();
    if (!point) return;
    const x = this.scale.x(point.window_end_us);
    this.cursor.append(drawing("line", { x1: x, x2: x, y1: TOP, y2: HEIGHT - BOTTOM }));
    if (point.eta !== null) this.cursor.append(drawing("circle", { cx: x, cy: this.scale.y(point.eta), r: 3.5 }));
  }
}

function scales(points, valued, width, cop) {
  const from = points[0].window_end_us;
  const to = points.at(-1).window_end_us;
  let low = Math.min(...valued.map((point) => point.eta - (point.eta_u95 ?? 0)));
  let high = Math.max(...valued.map((point) => point.eta + (point.eta_u95 ?? 0)));
  const room = Math.max((high - low) * 0.08, cop ? 0.02 : 0.002);
  low -= room;
  high += room;
  const x = (us) => (to === from ? (LEFT + width - RIGHT) / 2 : LEFT + ((us - from) / (to - from)) * (width - LEFT - RIGHT));
  const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  return { x, y, from, to, ticks: ticksOf(low, high) };
}

function ticksOf(low, high) {
  const rough = (high - low) / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((candidate) => candidate >= rough);
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) ticks.push(tick);
  return ticks;
}

function digits(value, ticks) {
  const step = ticks.length > 1 ? (ticks[1] - ticks[0]) * 100 : 1;
  return value.toFixed([0, 1, 2].find((places) => Math.abs(step * 10 ** places - Math.round(step * 10 ** places)) < 1e-6) ?? 3);
}

function runs(points, gapUs) {
  const found = [];
  let run = [];
  for (const point of points) {
    const torn = run.length && point.window_end_us - run.at(-1).window_end_us > gapUs;
    if ((point.eta === null || torn) && run.length) {
      found.push(run);
      run = [];
    }
    if (point.eta !== null) run.push(point);
  }
  return run.length ? [...found, run] : found;
}
