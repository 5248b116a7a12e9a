import type { Event, Kind, Run } from '../bridge/api.gen';
import type { FakeRun } from '../bridge/fake';

/** A run of three steps that made variables and showed things. */
export const figures: FakeRun = (() => {
  const events: Event[] = [];
  const id = 'figures';
  const record = (span: number, kind: Kind, body: unknown) => {
    const seq = events.length + 1;
    events.push({ run: id, seq, span, at: 1_795_000_000_000 + seq * 10, kind, body } as unknown as Event);
    return seq;
  };
  const step = (n: number, code: string, done: object, shown: [string, string][]) => {
    const s = record(1, 'step_started', { number: n });
    const c = record(s, 'code_started', { thought: `Step ${n} of three.`, code });
    record(c, 'code_finished', { observation: '', duration_ms: 3, ...done });
    for (const [name, media_type] of shown) {
      record(c, 'artefact_saved', { name, media_type, size: 100, blob: `blob-${name}`, displayed: true });
    }
  };
  record(0, 'run_started', { task: 'Draw', agent: 'A', model: 'demo/tour', system: '', max_steps: 5, options: {} });
  const data = { kind: 'data' };
  step(
    1,
    'rows = …',
    {
      value: {
        type: 'Figure',
        repr: '<Figure, shown to the user: step1-figure1>',
        display: 'displayed/step1-figure1.plotly.json',
      },
      variables: {
        all: true,
        total: 4,
        changed: [
          { name: 'json', new: true, kind: 'module', type: 'module', preview: 'module json' },
          { name: 'path', new: true, ...data, type: 'str', preview: "'/input/x.csv'", len: 12, size: 61 },
          {
            name: 'rows',
            new: true,
            ...data,
            type: 'list',
            preview: "[{'a': 1}, …]",
            len: 1200,
            size: 99_000,
            more: true,
            table: {
              columns: ['a', 'b'],
              rows: [
                [1, 'x'],
                [2, 'y'],
              ],
              total: 1200,
            },
            dtypes: ['int', 'str'],
          },
          { name: 'tmp', new: true, ...data, type: 'int', preview: '1', size: 28 },
        ],
      },
    },
    [['displayed/step1-figure1.plotly.json', 'application/vnd.plotly.v1+json']],
  );
  step(
    2,
    'total = …',
    {
      variables: {
        total: 4,
        changed: [
          { name: 'rows', ...data, type: 'list', preview: "[{'a': 5}, …]", len: 1300, size: 99_000, more: true },
          { name: 'total', new: true, ...data, type: 'float', preview: '12.5', size: 24 },
        ],
        removed: ['tmp'],
      },
    },
    [
      ['displayed/step2-chart1.vl.json', 'application/vnd.vegalite.v5+json'],
      ['displayed/step2-page1.html', 'text/html'],
      ['displayed/step2-table1.csv', 'text/csv'],
      ['displayed/step2-image1.png', 'image/png'],
    ],
  );
  step(3, 'total', { value: { type: 'float', repr: '12.5', json: 12.5 } }, []);
  record(1, 'run_finished', {
    status: 'finished',
    text: '<Figure>',
    answer: { type: 'Figure', repr: '<Figure>', display: 'displayed/step1-figure1.plotly.json' },
    steps: 3,
    usage: { input_tokens: 0, output_tokens: 0 },
    duration_ms: 100,
  });
  const run: Partial<Run> = {
    id,
    title: 'Draw',
    task: 'Draw',
    status: 'finished',
    agent: 'A',
    model: 'demo/tour',
    steps: 3,
    last_seq: events.length,
  };
  return {
    run: { ...run, usage: { input_tokens: 0, output_tokens: 0 }, started_at: events[0]?.at ?? 0 } as Run,
    events,
  };
})();

export const contents: Record<string, string> = {
  'displayed/step1-figure1.plotly.json': JSON.stringify({
    data: [{ type: 'bar', name: '<b>Sales</b>', x: ['North', 'South'], y: [3, 4] }],
    layout: { title: { text: 'By region' }, xaxis: { title: { text: 'Region' } } },
  }),
  'displayed/step2-chart1.vl.json': JSON.stringify({
    mark: 'line',
    data: { values: [{ t: 1, v: 2 }] },
    encoding: { x: { field: 't' }, y: { field: 'v', title: 'Value' } },
  }),
  'displayed/step2-page1.html':
    '<p onclick="x()">Hello</p><script>alert(1)</script><img src="https://evil.example/x.png">',
  'displayed/step2-table1.csv': 'name,n\n"Ada, L.",1\nBob,2.5\n',
};
