// The plan as a page: a Gantt by resource or by order, why an order is late, and the load by week.
// The data stands in the page (see show/page.py); nothing is fetched.
import * as echarts from "echarts/core";
import { CustomChart, BarChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([CustomChart, BarChart, DataZoomComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const plan = JSON.parse(document.getElementById("plan").textContent);
const COLOURS = { intime: "#4c8bb5", late: "#c8372d", tight: "#e0a030", batch: "#6a8f4f", setup: "#9a9a9a", chosen: "#1b1b1b" };
const ROW_HEIGHT = 22; // pixels: text of a bar stays readable
const TIGHT_MINUTES = 480; // an order that ends less than this before its due date is shown as tight

const orderOf = new Map();
plan.orders.forEach((order, i) => order.operations.forEach((op) => orderOf.set(op, i)));
const gantt = echarts.init(document.getElementById("gantt"), null, { renderer: "canvas" });
const load = echarts.init(document.getElementById("load"), null, { renderer: "canvas" });
let view = "resource";
let chosen = -1;

function minuteText(minute) {
  const day = Math.floor(minute / 1440);
  const rest = ((minute % 1440) + 1440) % 1440;
  const clock = `${String(Math.floor(rest / 60)).padStart(2, "0")}:${String(rest % 60).padStart(2, "0")}`;
  return `day ${day} ${clock}`;
}

function colourOf(bar) {
  const order = plan.orders[bar.order];
  if (order.tardiness > 0) return COLOURS.late;
  if (order.due !== null && order.due - order.completion < TIGHT_MINUTES) return COLOURS.tight;
  return bar.batch ? COLOURS.batch : COLOURS.intime;
}

// A batch is one bar on its oven; by order every member has its own.
function bars() {
  const rows = view === "resource" ? plan.resources : plan.orders.map((order) => order.order);
  const row = new Map(rows.map((name, i) => [name, i]));
  return plan.assignments
    .map(([op, resource, start, end, setup, batch]) => {
      const order = orderOf.get(op);
      const name = view === "resource" ? plan.resources[resource] : plan.orders[order].order;
      return { op, resource: plan.resources[resource], start, end, setup, batch, order, row: row.get(name) };
    })
    .sort((a, b) => a.row - b.row || a.start - b.start);
}

let shown = bars();

function drawBar(params, api) {
  const bar = shown[params.dataIndex];
  const begin = api.coord([bar.start - bar.setup, bar.row]);
  const start = api.coord([bar.start, bar.row]);
  const end = api.coord([bar.end, bar.row]);
  const height = Math.max(4, Math.min(ROW_HEIGHT - 6, Math.abs(api.size([0, 1])[1]) - 4));
  const area = params.coordSys;
  const clip = (x, width) => echarts.graphic.clipRectByRect({ x, y: start[1] - height / 2, width, height }, area);
  const children = [];
  if (bar.setup > 0) {
    const shape = clip(begin[0], start[0] - begin[0]);
    if (shape) children.push({ type: "rect", shape, style: { fill: COLOURS.setup } });
  }
  const shape = clip(start[0], Math.max(1, end[0] - start[0]));
  if (shape) {
    const style = { fill: colourOf(bar) };
    if (bar.order === chosen) Object.assign(style, { stroke: COLOURS.chosen, lineWidth: 2 });
    children.push({ type: "rect", shape, style });
    const label = view === "resource" ? bar.op : bar.resource;
    if (shape.width > 70) {
      children.push({
        type: "text",
        silent: true,
        style: { text: label, x: shape.x + 4, y: shape.y + height / 2, fill: "#fff", textVerticalAlign: "middle", width: shape.width - 8, overflow: "truncate", font: "11px sans-serif" },
      });
    }
  }
  return { type: "group", children };
}

function tooltip(params) {
  const bar = shown[params.dataIndex];
  const order = plan.orders[bar.order];
  const lines = [
    `<b>${escapeText(bar.op)}</b> on ${escapeText(bar.resource)}`,
    `${minuteText(bar.start)} to ${minuteText(bar.end)}${bar.setup ? `, ${bar.setup} min of setup before` : ""}`,
    `order ${escapeText(order.order)}, due ${order.due === null ? "?" : minuteText(order.due)}, done ${minuteText(order.completion)}`,
  ];
  if (order.tardiness > 0) lines.push(`<b>${order.tardiness} min late</b>: click to see why`);
  return lines.join("<br>");
}

function escapeText(text) {
  const box = document.createElement("span");
  box.textContent = text;
  return box.innerHTML;
}

// Long problems have more rows than a screen: the second zoom scrolls rows, the first time.
function draw() {
  shown = bars();
  const rows = view === "resource" ? plan.resources : plan.orders.map((order) => order.order);
  const height = document.getElementById("gantt").clientHeight;
  const visible = Math.max(1, Math.floor((height - 110) / ROW_HEIGHT));
  gantt.setOption(
    {
      animation: false,
      grid: { left: 130, right: 40, top: 30, bottom: 60 },
      tooltip: { confine: true, formatter: tooltip },
      xAxis: { type: "value", min: Math.min(0, plan.begin), max: plan.end, axisLabel: { formatter: minuteText, hideOverlap: true }, position: "top" },
      yAxis: { type: "category", data: rows, inverse: true, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: "#eee" } } },
      dataZoom: [
        { type: "slider", xAxisIndex: 0, filterMode: "weakFilter", height: 18, bottom: 20, labelFormatter: minuteText },
        { type: "inside", xAxisIndex: 0, filterMode: "weakFilter", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false },
        { type: "slider", yAxisIndex: 0, filterMode: "weakFilter", width: 16, right: 8, startValue: 0, endValue: Math.min(rows.length - 1, visible - 1), zoomLock: true, brushSelect: false, showDetail: false },
        { type: "inside", yAxisIndex: 0, filterMode: "weakFilter", zoomOnMouseWheel: false, moveOnMouseWheel: true },
      ],
      series: [
        {
          type: "custom",
          renderItem: drawBar,
          dimensions: ["begin", "row", "end"],
          encode: { x: [0, 2], y: 1 },
          data: shown.map((bar) => [bar.start - bar.setup, bar.row, bar.end]),
          progressive: 0,
        },
      ],
    },
    { notMerge: true },
  );
}

function why(index) {
  chosen = index;
  const order = plan.orders[index];
  const panel = document.getElementById("why");
  panel.replaceChildren();
  const title = document.createElement("h2");
  title.textContent = `${order.order}: ${order.tardiness > 0 ? `${order.tardiness} min late` : "in time"}`;
  const dates = document.createElement("p");
  dates.textContent = `due ${order.due === null ? "?" : minuteText(order.due)}, done ${minuteText(order.completion)}`;
  panel.append(title, dates);
  if (order.reasons.length) {
    const list = document.createElement("ol");
    for (const reason of order.reasons) {
      const item = document.createElement("li");
      item.textContent = reason.minutes ? `${reason.text} (${reason.minutes} min)` : reason.text;
      item.className = reason.kind;
      list.append(item);
    }
    panel.append(list);
  }
}

function drawLoad() {
  const weeks = [...new Set(plan.load.map((row) => row[1]))].sort((a, b) => a - b);
  const names = [...new Set(plan.load.map((row) => row[0]))];
  const at = new Map(plan.load.map((row) => [`${row[0]} ${row[1]}`, row]));
  const total = (name) => plan.load.filter((row) => row[0] === name).reduce((sum, row) => sum + row[2] + row[3], 0);
  const busiest = names.map((name) => [name, total(name)]).sort((a, b) => b[1] - a[1]).slice(0, 8).map((row) => row[0]);
  load.setOption({
    animation: false,
    grid: { left: 60, right: 20, top: 50, bottom: 30 },
    legend: { top: 4, type: "scroll" },
    tooltip: { trigger: "axis", confine: true },
    xAxis: { type: "category", data: weeks.map((week) => `week ${week + 1}`) },
    yAxis: { type: "value", name: plan.percent ? "% of available" : "hours" },
    series: busiest.map((name) => ({
      name,
      type: "bar",
      data: weeks.map((week) => {
        const row = at.get(`${name} ${week}`);
        if (!row) return 0;
        const busy = row[2] + row[3];
        return plan.percent ? Math.round((100 * busy) / Math.max(1, row[4])) : Math.round(busy / 6) / 10;
      }),
    })),
  });
}

function summary() {
  const late = plan.orders.filter((order) => order.tardiness > 0).length;
  document.getElementById("summary").textContent =
    `${plan.orders.length} orders, ${late} late, ${plan.unplanned.length} unplanned, ` +
    `${Math.round(plan.objective.weighted_tardiness / 60)} h weighted tardiness, ${Math.round(plan.objective.setup_minutes / 60)} h of setup`;
  const list = document.getElementById("late");
  plan.orders
    .map((order, i) => [order, i])
    .filter(([order]) => order.tardiness > 0)
    .sort((a, b) => b[0].tardiness - a[0].tardiness)
    .forEach(([order, i]) => {
      const button = document.createElement("button");
      button.textContent = `${order.order}: ${order.tardiness} min`;
      button.addEventListener("click", () => choose(i));
      list.append(button);
    });
  for (const row of plan.unplanned) {
    const line = document.createElement("p");
    line.textContent = `${row.order} is not planned: ${row.reasons.map((reason) => reason.text).join("; ")}`;
    list.append(line);
  }
}

function choose(index) {
  why(index);
  draw();
  show(index);
}

// Scroll to the order's last operation, wherever it is.
function show(index) {
  const rows = shown.filter((bar) => bar.order === index);
  if (!rows.length) return;
  const last = rows.reduce((a, b) => (b.end > a.end ? b : a));
  const option = gantt.getOption();
  const zoom = option.dataZoom[2];
  const size = zoom.endValue - zoom.startValue;
  const from = Math.max(0, Math.min(last.row - Math.floor(size / 2), option.yAxis[0].data.length - 1 - size));
  gantt.dispatchAction({ type: "dataZoom", dataZoomIndex: 2, startValue: from, endValue: from + size });
}

gantt.on("click", (params) => choose(shown[params.dataIndex].order));
for (const button of document.querySelectorAll("[data-view]")) {
  button.addEventListener("click", () => {
    view = button.dataset.view;
    document.querySelectorAll("[data-view]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    draw();
  });
}
window.addEventListener("resize", () => {
  gantt.resize();
  load.resize();
  draw();
});
summary();
draw();
drawLoad();
document.body.dataset.ready = "true";
