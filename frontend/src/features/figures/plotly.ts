import Plotly from 'plotly.js-strict-dist-min';
import { layoutOf, tracesOf } from './layout';
import type { Theme } from './theme';

/** Draws a plotly figure. A figure's own colours stay; what it leaves to the template becomes the interface's. */
export async function draw(el: HTMLElement, spec: object, theme: Theme, web: boolean): Promise<() => void> {
  const s = spec as { data?: unknown[]; layout?: Record<string, unknown> };
  await Plotly.newPlot(el, tracesOf(s.data, s.layout), layoutOf(s.layout, theme, el.clientWidth), {
    responsive: true,
    displaylogo: false,
    showSendToCloud: false,
    // The window has no downloads of its own.
    modeBarButtonsToRemove: web ? ['sendDataToCloud'] : ['sendDataToCloud', 'toImage'],
  });
  return () => Plotly.purge(el);
}
