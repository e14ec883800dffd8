// The plan as a page: a Gantt by resource or by order, why an order is late, and the load by week.
// The data stands in the page (see show/page.py); nothing is fetched.
import * as echarts from "echarts/core";
import { BarChart, CustomChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
import { element } from "./element.js";
import { Gantt } from "./gantt.js";
import { drawLoad } from "./load.js";
import { durationText, minuteText, reasonText } from "./time.js";

echarts.use([CustomChart, BarChart, DataZoomComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const plan = JSON.parse(document.getElementById("plan").textContent);
const at = (id) => document.getElementById(id);
const placed = new Map(plan.assignments.map(([op, resource, start, end]) => [op, [plan.resources[resource], start, end]]));

function summary() {
  const late = plan.orders.filter((order) => order.tardiness > 0).length;
  at("summary").textContent =
    `${plan.orders.length} orders, ${late} late, ${plan.unplanned.length} unplanned, ` +
    `${Math.round(plan.objective.weighted_tardiness / 60)} h weighted tardiness, ${Math.round(plan.objective.setup_minutes / 60)} h of setup`;
  const buttons = plan.orders
    .map((order, i) => [order, i])
    .filter(([order]) => order.tardiness > 0)
    .sort((a, b) => b[0].tardiness - a[0].tardiness)
    .map(([order, i]) => {
      const button = element("button", `${order.order}: ${durationText(order.tardiness)}`, { type: "button" });
      button.addEventListener("click", () => choose(i));
      return button;
    });
  at("late").replaceChildren(...(buttons.length ? buttons : [element("p", "None: every planned order is in time.")]));
  at("unplanned").replaceChildren(
    ...plan.unplanned.map((row) => element("p", `${row.order} is not planned: ${row.reasons.map(reasonText).join("; ")}`)),
  );
}

// Why the order is late, and all its operations in words: the same as its bars.
function why(index) {
  const order = plan.orders[index];
  const told = [
    element("h2", `${order.order}: ${order.tardiness > 0 ? `${durationText(order.tardiness)} late` : "in time"}`),
    element("p", `due ${order.due === null ? "?" : minuteText(order.due)}, done ${minuteText(order.completion)}`),
  ];
  if (order.reasons.length) told.push(element("ol", order.reasons.map((reason) => element("li", reasonText(reason), { class: reason.kind }))));
  const steps = order.operations.map((op) => {
    const [resource, start, end] = placed.get(op);
    return element("li", `${op} on ${resource}, ${minuteText(start)} to ${minuteText(end)}`);
  });
  told.push(element("details", [element("summary", `${steps.length} operations`), element("ol", steps)]));
  at("why").replaceChildren(...told);
}

function choose(index, op) {
  why(index);
  gantt.choose(index, op);
}

function find(event) {
  event.preventDefault();
  const wanted = at("find").value.trim().toLowerCase();
  const isWanted = (name) => name.toLowerCase() === wanted;
  const found = plan.orders.findIndex((order) => isWanted(order.order) || order.operations.some(isWanted));
  if (found >= 0) choose(found, plan.orders[found].operations.find(isWanted));
  else at("why").replaceChildren(element("p", `No order or operation of the plan is called “${at("find").value}”.`));
}

summary(); // first: the charts take the room that the words leave
const gantt = new Gantt(at("gantt"), at("seen"), plan, choose);
const load = echarts.init(at("load"), null, { renderer: "canvas" });
new ResizeObserver(() => load.resize()).observe(at("load"));
drawLoad(load, plan);
at("search").addEventListener("submit", find);
for (const button of document.querySelectorAll("[data-view]")) {
  button.addEventListener("click", () => {
    document.querySelectorAll("[data-view]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    gantt.show(button.dataset.view);
  });
}
document.body.dataset.ready = "true";
