// The Gantt: bars by resource or by order, walked with mouse and keys. It draws only the rows and hours that are seen.
import * as echarts from "echarts/core";
import { element } from "./element.js";
import { durationText, minuteText, ticks } from "./time.js";

const ROW_HEIGHT = 22; // pixels: text of a bar stays readable
const FRAME = { left: 130, right: 40, top: 30, bottom: 60 };
const TIGHT_MINUTES = 480; // an order that ends less than this before its due date is shown as tight
const BAND = 4; // pixels of a batch's band
const MEMBERS_TOLD = 8;
const HATCH = 6; // pixels between two lines of what is closed
const CLOSED = 2; // place in the list of series
const TIME = 0; // places in the list of zooms: one slider and one for the mouse each
const ROWS = 2;

const styles = getComputedStyle(document.documentElement);
const COLOURS = Object.fromEntries(
  ["intime", "tight", "late", "batch", "setup", "chosen", "closed", "onlight", "ondark"].map((name) => [name, styles.getPropertyValue(`--${name}`).trim()]),
);

// Quiet lines that a bar, where there is one, hides.
function hatch() {
  const image = document.createElement("canvas");
  image.width = image.height = HATCH;
  const pen = image.getContext("2d");
  pen.fillStyle = COLOURS.closed;
  for (let i = 0; i < HATCH; i++) pen.fillRect(i, HATCH - 1 - i, 1, 1);
  return { image, repeat: "repeat" };
}

export class Gantt {
  // `onChoose` is called with the place of an order in the plan, and the operation that was clicked.
  constructor(box, status, plan, onChoose) {
    this.box = box;
    this.status = status;
    this.plan = plan;
    this.view = "resource";
    this.chosen = -1;
    this.hatch = hatch();
    this.orderOf = new Map();
    plan.orders.forEach((order, i) => order.operations.forEach((op) => this.orderOf.set(op, i)));
    this.chart = echarts.init(box, null, { renderer: "canvas" });
    this.chart.on("click", (params) => {
      if (params.seriesIndex !== 0) return;
      const { order, op } = this.worst(this.shown[params.dataIndex]);
      onChoose(order, op);
    });
    this.chart.on("datazoom", () => this.moved());
    box.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.resize()).observe(box);
    this.draw();
  }

  get rows() {
    return this.view === "resource" ? this.plan.resources : this.plan.orders.map((order) => order.order);
  }

  // Rows of resource, begin, end and whether it is maintenance; orders are never closed.
  get closed() {
    return this.view === "resource" ? this.plan.closed : [];
  }

  get fitting() {
    return Math.max(1, Math.floor((this.box.clientHeight - FRAME.top - FRAME.bottom) / ROW_HEIGHT));
  }

  // The operation of a bar; of a batch's members, the one whose order is latest.
  worst(bar) {
    return bar.members.reduce((a, b) => (this.spare(b.order) < this.spare(a.order) ? b : a));
  }

  spare(index) {
    const { due, completion } = this.plan.orders[index];
    return due === null ? Infinity : due - completion;
  }

  colourOf(bar) {
    const spare = this.spare(this.worst(bar).order);
    return spare < 0 ? "late" : spare < TIGHT_MINUTES ? "tight" : "intime";
  }

  // A batch is one bar on its oven; by order every member has its own.
  bars() {
    const together = new Map();
    for (const [op, resource, start, end, setup, batch] of this.plan.assignments) {
      const order = this.orderOf.get(op);
      const row = this.view === "resource" ? resource : order;
      const key = batch && this.view === "resource" ? `${resource} ${start}` : op;
      const bar = together.get(key) ?? { resource: this.plan.resources[resource], start, end, setup, batch, row, members: [] };
      bar.members.push({ op, order });
      together.set(key, bar);
    }
    return [...together.values()].sort((a, b) => a.row - b.row || a.start - b.start);
  }

  draw() {
    this.shown = this.bars();
    const rows = this.rows;
    const last = Math.min(rows.length, this.fitting) - 1;
    const begin = Math.min(0, this.plan.begin);
    const zoom = { filterMode: "weakFilter" };
    const dues = this.view === "order" ? this.plan.orders.flatMap((order, i) => (order.due === null ? [] : [[order.due, i]])) : [];
    this.chart.setOption(
      {
        animation: false,
        grid: FRAME,
        tooltip: { confine: true, formatter: (params) => this.tooltip(params) },
        xAxis: { type: "value", min: begin, max: this.plan.end, position: "top", axisLabel: { formatter: minuteText, hideOverlap: true, color: COLOURS.onlight } },
        yAxis: { type: "category", data: rows, inverse: true, axisTick: { show: false }, axisLabel: { interval: 0, width: FRAME.left - 12, overflow: "truncate", color: COLOURS.onlight }, splitLine: { show: true, lineStyle: { color: "#eee" } } },
        dataZoom: [
          { ...zoom, type: "slider", xAxisIndex: 0, height: 18, bottom: 20, labelFormatter: minuteText },
          { ...zoom, type: "inside", xAxisIndex: 0, zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false },
          { ...zoom, type: "slider", yAxisIndex: 0, width: 16, right: 8, startValue: 0, endValue: last, zoomLock: true, brushSelect: false, showDetail: false },
          { ...zoom, type: "inside", yAxisIndex: 0, zoomOnMouseWheel: false, moveOnMouseWheel: true },
        ],
        series: [
          {
            type: "custom",
            renderItem: (params, api) => this.drawBar(params, api),
            dimensions: ["begin", "row", "end"],
            encode: { x: [0, 2], y: 1 },
            data: this.shown.map((bar) => [bar.start - bar.setup, bar.row, bar.end]),
            progressive: 0,
          },
          { type: "custom", renderItem: (params, api) => this.drawDue(params, api), data: dues, silent: true, progressive: 0 },
          {
            type: "custom",
            renderItem: (params, api) => this.drawClosed(params, api),
            dimensions: ["begin", "row", "end"],
            encode: { x: [0, 2], y: 1 },
            data: this.closed.map(([row, begin, end]) => [begin, row, end]),
            z: 1, // below the bars
            progressive: 0,
          },
        ],
      },
      { notMerge: true },
    );
    this.moved();
  }

  drawBar(params, api) {
    const bar = this.shown[params.dataIndex];
    const begin = api.coord([bar.start - bar.setup, bar.row]);
    const start = api.coord([bar.start, bar.row]);
    const end = api.coord([bar.end, bar.row]);
    const height = Math.max(4, Math.min(ROW_HEIGHT - 6, Math.abs(api.size([0, 1])[1]) - 4));
    const top = start[1] - height / 2;
    const clip = (x, width, y = top, tall = height) => echarts.graphic.clipRectByRect({ x, y, width, height: tall }, params.coordSys);
    const children = [];
    const setup = bar.setup > 0 && clip(begin[0], start[0] - begin[0]);
    if (setup) children.push({ type: "rect", shape: setup, style: { fill: COLOURS.setup } });
    const width = Math.max(1, end[0] - start[0]);
    const shape = clip(start[0], width);
    if (!shape) return { type: "group", children };
    const kind = this.colourOf(bar);
    const style = { fill: COLOURS[kind] };
    if (bar.members.some((member) => member.order === this.chosen)) Object.assign(style, { stroke: COLOURS.chosen, lineWidth: 2 });
    children.push({ type: "rect", shape, style });
    const band = bar.batch && clip(start[0], width, top + height - BAND, BAND);
    if (band) children.push({ type: "rect", shape: band, style: { fill: COLOURS.batch } });
    if (shape.width > 70) {
      const fill = kind === "tight" ? COLOURS.onlight : COLOURS.ondark;
      const at = { x: shape.x + 4, y: shape.y + height / 2, width: shape.width - 8 };
      children.push({ type: "text", silent: true, style: { ...at, text: this.label(bar), fill, textVerticalAlign: "middle", overflow: "truncate", font: "11px sans-serif" } });
    }
    return { type: "group", children };
  }

  drawDue(params, api) {
    const [x, y] = api.coord([api.value(0), api.value(1)]);
    const shape = echarts.graphic.clipRectByRect({ x: x - 1, y: y - ROW_HEIGHT / 2 + 1, width: 2, height: ROW_HEIGHT - 2 }, params.coordSys);
    return shape && { type: "rect", shape, style: { fill: COLOURS.chosen } };
  }

  drawClosed(params, api) {
    const [x, y] = api.coord([api.value(0), api.value(1)]);
    const [end] = api.coord([api.value(2), api.value(1)]);
    const shape = echarts.graphic.clipRectByRect({ x, y: y - ROW_HEIGHT / 2, width: Math.max(1, end - x), height: ROW_HEIGHT }, params.coordSys);
    return shape && { type: "rect", shape, style: { fill: this.hatch }, emphasisDisabled: true };
  }

  label(bar) {
    if (this.view === "order") return bar.resource;
    return bar.members.length > 1 ? `${bar.members.length} together` : bar.members[0].op;
  }

  tooltip(params) {
    if (params.seriesIndex === CLOSED) {
      const [row, begin, end, maintenance] = this.closed[params.dataIndex];
      return element("div", `${this.plan.resources[row]} is ${maintenance ? "down or in maintenance" : "closed"}, ${minuteText(begin)} to ${minuteText(end)}`);
    }
    const bar = this.shown[params.dataIndex];
    const box = element("div");
    box.append(element("div", `${minuteText(bar.start)} to ${minuteText(bar.end)} on ${bar.resource}${bar.setup ? `, ${durationText(bar.setup)} of setup before` : ""}`));
    for (const { op, order: index } of bar.members.slice(0, MEMBERS_TOLD)) {
      const order = this.plan.orders[index];
      const late = order.tardiness > 0 ? `, ${durationText(order.tardiness)} late: click to see why` : "";
      box.append(element("div", `${op}: due ${order.due === null ? "?" : minuteText(order.due)}, done ${minuteText(order.completion)}${late}`));
    }
    if (bar.members.length > MEMBERS_TOLD) box.append(element("div", `and ${bar.members.length - MEMBERS_TOLD} more in this batch`));
    return box;
  }

  zoom(place) {
    const { startValue, endValue } = this.chart.getOption().dataZoom[place];
    return { from: startValue, to: endValue };
  }

  // Tell what is seen, for those who do not see it, and put the ticks on whole hours and days.
  moved() {
    const time = this.zoom(TIME);
    const rows = this.zoom(ROWS);
    const count = this.rows.length;
    const customValues = ticks(time.from, time.to);
    this.chart.setOption({ xAxis: { axisLabel: { customValues }, axisTick: { customValues } } });
    this.status.textContent = count
      ? `Rows ${rows.from + 1} to ${rows.to + 1} of ${count} (${this.rows[rows.from]} to ${this.rows[rows.to]}), ${minuteText(time.from)} to ${minuteText(time.to)}`
      : "Nothing is planned.";
  }

  scrollRows(from) {
    const size = Math.min(this.rows.length, this.fitting) - 1;
    const start = Math.max(0, Math.min(from, this.rows.length - 1 - size));
    this.chart.dispatchAction({ type: "dataZoom", dataZoomIndex: ROWS, startValue: start, endValue: start + size });
  }

  showTime(from, span) {
    const begin = Math.min(0, this.plan.begin);
    const wide = Math.max(60, Math.min(span, this.plan.end - begin));
    const start = Math.max(begin, Math.min(from, this.plan.end - wide));
    this.chart.dispatchAction({ type: "dataZoom", dataZoomIndex: TIME, startValue: start, endValue: start + wide });
  }

  key(event) {
    const time = this.zoom(TIME);
    const { from } = this.zoom(ROWS);
    const span = time.to - time.from;
    const middle = (time.from + time.to) / 2;
    const moves = {
      ArrowDown: () => this.scrollRows(from + 1),
      ArrowUp: () => this.scrollRows(from - 1),
      PageDown: () => this.scrollRows(from + this.fitting),
      PageUp: () => this.scrollRows(from - this.fitting),
      Home: () => this.scrollRows(0),
      End: () => this.scrollRows(this.rows.length),
      ArrowRight: () => this.showTime(time.from + span / 8, span),
      ArrowLeft: () => this.showTime(time.from - span / 8, span),
      "+": () => this.showTime(middle - span / 4, span / 2),
      "-": () => this.showTime(middle - span, span * 2),
      0: () => this.showTime(this.plan.begin, Infinity),
    };
    if (!moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moves[event.key]();
  }

  // Mark an order and scroll to one of its operations (else its last), unless it is in sight; as much time is shown as before.
  choose(index, op = this.plan.orders[index].operations.at(-1)) {
    this.chosen = index;
    this.chart.setOption({ series: [{ data: this.shown.map((bar) => [bar.start - bar.setup, bar.row, bar.end]) }] });
    const { row, start, end } = this.shown.find((bar) => bar.members.some((member) => member.op === op));
    const seen = this.zoom(ROWS);
    if (row < seen.from || row > seen.to) this.scrollRows(row - Math.floor(this.fitting / 2));
    const { from, to } = this.zoom(TIME);
    if (end < from || start > to) this.showTime((start + end - to + from) / 2, to - from);
  }

  show(view) {
    const time = this.zoom(TIME);
    this.view = view;
    this.draw();
    this.showTime(time.from, time.to - time.from);
    if (this.chosen >= 0) this.choose(this.chosen);
  }

  resize() {
    const { from } = this.zoom(ROWS);
    this.chart.resize();
    this.scrollRows(from);
  }
}
