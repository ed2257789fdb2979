// The list of alarms: those that stand first, then what was lately.

import { element } from "./dom.js";
import { moment, number, words } from "./format.js";

const SHOWN = 12;

export function drawAlarms(list, active, recent) {
  const standing = new Set(active.map((alert) => alert.id));
  const over = recent.filter((alert) => !standing.has(alert.id));
  const items = [...active, ...over].slice(0, Math.max(SHOWN, active.length)).map(item);
  list.replaceChildren(...(items.length ? items : [element("li", { class: "empty" }, "No alarm has gone off.")]));
}

// Whether the condition stands now; others wait for a person, or are over.
export const stands = (alert) => alert.state === "unacknowledged" || alert.state === "acknowledged";

function item(alert) {
  const over = !stands(alert);
  const against = alert.limit === null ? number(alert.value) : `${number(alert.value)} against ${number(alert.limit)}`;
  return element("li", { "data-priority": alert.priority, "data-over": String(over) },
    element("div", { class: "alarm-head" }, element("strong", {}, words(alert.name)), element("span", { class: "state" }, alert.state.replaceAll("_", " "))),
    element("p", {}, `${alert.asset} · ${alert.priority}`),
    element("p", {}, against),
    element("p", {}, moment(alert.since_us)),
  );
}
