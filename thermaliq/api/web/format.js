// Numbers, times and words as people read them.

const DASH = "–";
const PREFIXES = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""]];
const PREFIXED = new Set(["J", "W", "W/K", "Pa"]);
const COP_TYPES = new Set(["chiller", "heat_pump"]);
const REASONS = {
  no_fuel: "no fuel", not_running: "not running", excluded: "excluded", coverage: "too little covered time",
  above_unity: "above 100 %", above_carnot: "above Carnot", not_finite: "not finite", unsteady: "unsteady",
  internal_error: "calculation failed", bad_input: "bad input", uncertain_input: "uncertain input",
  out_of_range: "out of range", impossible_state: "impossible state", substituted_input: "substituted input",
};

const AT_REST = new Set(["no_fuel", "not_running", "excluded"]);

// GOOD, UNCERTAIN, BAD; OFF where there is no value for the one reason that the machine rests.
export function standing(point) {
  if (!point) return "NONE";
  const rests = point.quality === "BAD" && point.reasons.length > 0 && point.reasons.every((text) => AT_REST.has(text));
  return rests ? "OFF" : point.quality;
}

export const isCop = (type) => COP_TYPES.has(type);
export const label = (type) => (isCop(type) ? "COP" : "Efficiency");

export function words(id) {
  const text = id.slice(id.lastIndexOf("/") + 1).replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function reason(text) {
  const [name, tag] = text.split(":");
  return (REASONS[name] ?? words(name)) + (tag ? `: ${words(tag).toLowerCase()}` : "");
}

export function eta(value, type) {
  if (value === null) return DASH;
  return isCop(type) ? value.toFixed(2) : (value * 100).toFixed(1);
}

export const etaUnit = (type) => (isCop(type) ? "" : "%");

export function share(value) {
  return value === null ? DASH : `${(value * 100).toFixed(value >= 0.9995 ? 0 : 1)} %`;
}

export function quantity(value, unit) {
  if (value === null) return DASH;
  if (!PREFIXED.has(unit)) return unit === "1" ? number(value) : `${number(value)} ${unit}`;
  const [size, prefix] = PREFIXES.find(([least]) => Math.abs(value) >= least) ?? PREFIXES.at(-1);
  return `${(value / size).toPrecision(3)} ${prefix}${unit}`;
}

export function number(value) {
  return value === null ? DASH : String(Number(value.toPrecision(4)));
}

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "2-digit", month: "short", year: "numeric" });

export const time = (us) => TIME.format(us / 1000);
export const moment = (us) => `${DAY.format(us / 1000)} ${TIME.format(us / 1000)}`;

const DAY_US = 86_400_000_000;
const SHORT = new Intl.DateTimeFormat(undefined, { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

// A time on an axis of that span: with its day where one day is not enough.
export const axisTime = (us, spanUs) => (spanUs < 0.9 * DAY_US ? TIME : SHORT).format(us / 1000);

export function ago(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}
