// Draws <figure data-chart> from the JSON inside it (see templates/macros/ui.html `chart`). The table beside the
// picture holds the same figures, for those who cannot see it, and for printing.

import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([
  BarChart, LineChart, PieChart,
  AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent,
  CanvasRenderer,
]);

interface Series {
  name: string;
  values: (number | null)[];
}

interface ChartData {
  type: "bar" | "line" | "pie";
  categories: string[];
  series: Series[];
  unit?: string;
  horizontal?: boolean;
  stacked?: boolean;
  max?: number;
  line?: { value: number; label: string };
}

const colour = (name: string, fallback: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim() || fallback;

const PALETTE = ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6"];
const FALLBACK = ["#0f6674", "#d9822b", "#5b7fb8", "#7d9c3f", "#a8577e", "#6b7280"];

const axes = (data: ChartData, narrow: boolean): EChartsCoreOption => {
  const names = {
    type: "category",
    data: data.categories,
    inverse: Boolean(data.horizontal),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colour("--line", "#dfe5e7") } },
    axisLabel: data.horizontal
      ? { width: narrow ? 84 : 160, overflow: "truncate" }
      : { hideOverlap: true, interval: data.categories.length > 12 ? "auto" : 0, rotate: narrow && data.categories.length > 5 ? 40 : 0 },
  };
  const values = {
    type: "value",
    max: data.max,
    name: data.horizontal ? undefined : data.unit,
    nameTextStyle: { align: "right" },
    splitLine: { lineStyle: { color: colour("--line", "#dfe5e7") } },
  };
  return data.horizontal ? { xAxis: values, yAxis: names } : { xAxis: names, yAxis: values };
};

const options = (data: ChartData, label: string, narrow: boolean): EChartsCoreOption => {
  const common: EChartsCoreOption = {
    color: PALETTE.map((name, index) => colour(name, FALLBACK[index] ?? "#0f6674")),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("--ink-soft", "#4a5a60") },
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    aria: { enabled: true, label: { description: label } },
    // Drawn on the canvas: as HTML it would need inline styles, which the security policy refuses.
    tooltip: { trigger: data.type === "pie" ? "item" : "axis", renderMode: "richText", confine: true },
    legend: { show: data.type === "pie" || data.series.length > 1, bottom: 0, type: "scroll" },
  };
  if (data.type === "pie") {
    const values = data.series[0]?.values ?? [];
    return {
      ...common,
      series: [{
        type: "pie",
        radius: ["46%", "70%"],
        center: ["50%", "44%"],
        label: { formatter: "{b} {d}%" },
        data: data.categories.map((name, index) => ({ name, value: values[index] ?? 0 })),
      }],
    };
  }
  return {
    ...common,
    grid: { left: 8, right: 24, top: (data.horizontal ? data.line : data.unit) ? 36 : 16, bottom: data.series.length > 1 ? 40 : 8, containLabel: true },
    ...axes(data, narrow),
    series: data.series.map((series, index) => ({
      type: data.type,
      name: series.name,
      data: series.values,
      stack: data.stacked ? "all" : undefined,
      barMaxWidth: 28,
      itemStyle: data.type === "bar" && !data.stacked ? { borderRadius: data.horizontal ? [0, 4, 4, 0] : [4, 4, 0, 0] } : undefined,
      label: { show: data.type === "bar" && data.series.length === 1 && data.categories.length <= 20, position: data.horizontal ? "right" : "top" },
      markLine: index === 0 && data.line
        ? { symbol: "none", data: [{ [data.horizontal ? "xAxis" : "yAxis"]: data.line.value, name: data.line.label }], label: { formatter: "{b} {c}", position: data.horizontal ? "start" : "insideEndTop" }, lineStyle: { color: colour("--danger", "#b42318") } }
        : undefined,
    })),
  };
};

const drawOne = (figure: HTMLElement): void => {
  const source = figure.querySelector('script[type="application/json"]')?.textContent;
  const place = figure.querySelector<HTMLElement>("[data-chart-canvas]");
  if (!source || !place || place.hasChildNodes()) return;
  const data = JSON.parse(source) as ChartData;
  const label = figure.dataset.label ?? "";
  if (data.horizontal) place.style.height = `${Math.max(160, data.categories.length * 34 + 60)}px`;
  figure.classList.add("is-drawn");
  const chart = init(place);
  const render = (): void => chart.setOption(options(data, label, place.clientWidth < 480));
  render();
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    chart.resize();
    render();
  }).observe(place);
};

export const draw = (within: ParentNode): void => {
  within.querySelectorAll<HTMLElement>("[data-chart]").forEach(drawOne);
};
