import { parse, View, Warn } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile } from 'vega-lite';
import { configOf, fitted } from './layout';
import type { Theme } from './theme';

/** Draws a Vega-Lite chart. Expressions are interpreted, since the page's policy allows no eval; nothing is loaded. */
export async function draw(el: HTMLElement, spec: object, theme: Theme): Promise<() => void> {
  const { spec: vega } = compile(fitted(spec), { config: configOf(theme) });
  const refuse = async () => {
    throw new Error('charts here load nothing');
  };
  const view = new View(parse(vega, {}, { ast: true }), {
    expr: expressionInterpreter,
    renderer: 'svg',
    logLevel: Warn,
    logger: quiet,
    loader: { load: refuse, sanitize: refuse, http: refuse, file: refuse },
  });
  await view.initialize(el).hover().runAsync();
  return () => view.finalize();
}

/** Vega warns of harmless things, such as an older version of the schema. */
const quiet = {
  level: () => quiet,
  error: () => quiet,
  warn: () => quiet,
  info: () => quiet,
  debug: () => quiet,
};
