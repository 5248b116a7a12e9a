// What is used of the libraries that draw, and nothing else: plotly has no types of its own, and Vega's would be most of
// what tsc reads.
declare module 'plotly.js-strict-dist-min' {
  interface Plotly {
    newPlot(el: HTMLElement, data: unknown[], layout: object, config: object): Promise<void>;
    purge(el: HTMLElement): void;
  }
  const plotly: Plotly;
  export default plotly;
}

declare module 'vega' {
  export class View {
    constructor(runtime: unknown, options: object);
    initialize(el: HTMLElement): this;
    hover(): this;
    runAsync(): Promise<this>;
    finalize(): this;
  }
  export const Warn: number;
  export function parse(spec: object, config: object, options: { ast: boolean }): unknown;
}

declare module 'vega-lite' {
  export function compile(spec: object, options: { config: object }): { spec: object };
}

declare module 'vega-interpreter' {
  export const expressionInterpreter: unknown;
}
