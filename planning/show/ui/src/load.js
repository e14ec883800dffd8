// The load by week: the eight busiest resources as bars, all of them as a table for who cannot see bars.
import { element } from "./element.js";

const BUSIEST = 8;

export function drawLoad(chart, plan) {
  const weeks = [...new Set(plan.load.map((row) => row[1]))].sort((a, b) => a - b);
  const at = new Map(plan.load.map((row) => [`${row[0]} ${row[1]}`, row]));
  const totals = new Map();
  for (const [name, , busy, setup] of plan.load) totals.set(name, (totals.get(name) ?? 0) + busy + setup);
  const names = [...totals].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const shown = (name, week) => {
    const row = at.get(`${name} ${week}`);
    if (!row) return 0;
    const busy = row[2] + row[3];
    return plan.percent ? Math.round((100 * busy) / Math.max(1, row[4])) : Math.round(busy / 6) / 10;
  };
  const unit = plan.percent ? "% of available time" : "hours";
  chart.setOption({
    animation: false,
    grid: { left: 60, right: 20, top: 50, bottom: 30 },
    legend: { top: 4, left: 170, right: 20, type: "scroll" },
    tooltip: { trigger: "axis", confine: true },
    xAxis: { type: "category", data: weeks.map((week) => `week ${week + 1}`) },
    yAxis: { type: "value", name: `Load, ${unit}`, nameTextStyle: { align: "left", padding: [0, 0, 0, -50] } },
    series: names.slice(0, BUSIEST).map((name) => ({ name, type: "bar", data: weeks.map((week) => shown(name, week)) })),
  });
  const head = element("tr", ["Resource", ...weeks.map((week) => `week ${week + 1}`)].map((text) => element("th", text)));
  const rows = names.map((name) => element("tr", [element("th", name), ...weeks.map((week) => element("td", String(shown(name, week))))]));
  document.getElementById("load-table").replaceChildren(
    element("table", [element("caption", `Load by week, ${unit}; busiest first`), element("thead", head), element("tbody", rows)]),
  );
}
