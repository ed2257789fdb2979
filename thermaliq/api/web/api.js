// What the service answers.

const PREFIX = "/api/v1";

async function get(path, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  const response = await fetch(`${PREFIX}${path}${query ? `?${query}` : ""}`, { headers: { Accept: "application/json" } });
  const body = await response.json();
  if (!response.ok && body.code) throw new Error(`${body.code}: ${body.detail}`);
  return body;
}

export async function assets() {
  const found = [];
  let next = null;
  do {
    const page = await get("/assets", next ? { next } : {});
    found.push(...page.items);
    next = page.next;
  } while (next);
  return found;
}

export const latest = async (asset) => (await get(`/assets/${asset}/points/latest`)).items;

export async function points(asset, window, fromUs) {
  return (await get(`/assets/${asset}/points`, { window, from: fromUs, limit: 2000 })).items;
}

export const alerts = async () => (await get("/alerts", { limit: 20 })).items;
export const activeAlerts = async () => (await get("/alerts", { active: true, limit: 200 })).items;
export const readiness = () => get("/ready");
