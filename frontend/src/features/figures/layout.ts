import { isObject } from './spec';
import type { Theme } from './theme';

/** How figures fit into the interface: its colours, its font, the room that there is. */

const height = 380;

export function layoutOf(own: unknown, theme: Theme, width: number): Record<string, unknown> {
  const layout = isObject(own) ? own : {};
  const template = isObject(layout.template) ? layout.template : {};
  const clear = 'rgba(0,0,0,0)';
  const axis = { gridcolor: theme.line, zerolinecolor: theme.line, linecolor: theme.line };
  const base = isObject(template.layout) ? template.layout : {};
  const over = (name: string) => ({ ...(isObject(base[name]) ? base[name] : {}), ...axis });
  const next: Record<string, unknown> = {
    ...layout,
    template: {
      ...template,
      layout: {
        ...base,
        paper_bgcolor: clear,
        plot_bgcolor: clear,
        font: { ...(isObject(base.font) ? base.font : {}), color: theme.text, family: theme.font },
        xaxis: over('xaxis'),
        yaxis: over('yaxis'),
      },
    },
    autosize: true,
    height: typeof layout.height === 'number' ? Math.min(Math.max(layout.height, 120), 900) : height,
  };
  if (typeof layout.width !== 'number' || layout.width > width) delete next.width;
  return next;
}

/** A chart with a size of its own keeps it; another one is as wide as there is room. */
export function fitted(spec: object): object {
  const s = spec as Record<string, unknown>;
  const alone = 'mark' in s || 'layer' in s;
  return alone && s.width === undefined
    ? { ...s, width: 'container', autosize: { type: 'fit', contains: 'padding' } }
    : s;
}

export function configOf(theme: Theme): object {
  const text = { labelColor: theme.soft, titleColor: theme.text, labelFont: theme.font, titleFont: theme.font };
  return {
    background: 'transparent',
    font: theme.font,
    title: { color: theme.text, subtitleColor: theme.soft },
    axis: { ...text, gridColor: theme.line, domainColor: theme.line, tickColor: theme.line },
    legend: text,
    header: text,
    view: { stroke: theme.line },
    style: { 'guide-label': { fill: theme.soft }, 'guide-title': { fill: theme.text }, text: { fill: theme.text } },
  };
}

/**
 * The traces as the Python package meant them. plotly.py 5 gives each colour of a bar chart an `offsetgroup`, which
 * plotly.js ignored on bars that are not grouped; since 2.33 it puts such bars side by side.
 */
export function tracesOf(own: unknown, layout: unknown): unknown[] {
  const traces = Array.isArray(own) ? own : [];
  const mode = isObject(layout) ? layout.barmode : undefined;
  if (mode !== 'stack' && mode !== 'relative' && mode !== 'overlay') return traces;
  return traces.map((t) => {
    if (!isObject(t) || (t.type !== 'bar' && t.type !== 'histogram')) return t;
    const { offsetgroup: _, ...rest } = t;
    return rest;
  });
}
