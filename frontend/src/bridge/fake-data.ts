import type { Agent, PackageList, ProviderModels, Recommendation, Sample, Settings, Status, ToolSpec } from './api.gen';

/** What the fake bridge begins with: a computer with Ollama, two models and one provider that does not answer. */

const param = (name: string, type: string, doc: string, required = true, value?: unknown) => ({
  name,
  type,
  doc,
  required,
  ...(value === undefined ? {} : { default: value }),
});

export const tools: ToolSpec[] = [
  {
    name: 'final_answer',
    doc: 'Ends the run with an answer.',
    params: [param('answer', 'Any', 'any JSON-able value, a table, or the name of a file')],
    in: { type: 'object', properties: { answer: {} }, required: ['answer'], additionalProperties: false },
    out: {},
    return: 'Any',
  },
  {
    name: 'user_input',
    doc: 'Asks the user a question and waits for the answer.',
    params: [param('question', 'str', 'what to ask')],
    in: {
      type: 'object',
      properties: { question: { type: 'string' } },
      required: ['question'],
      additionalProperties: false,
    },
    out: { type: 'string' },
    return: 'str',
  },
  {
    name: 'visit_webpage',
    doc: 'Reads a web page as Markdown.\nPages on private networks are refused unless the settings allow their host.',
    params: [
      param('url', 'str', 'address, beginning with http:// or https://'),
      param('max_length', 'int', 'most characters to give', false, 40_000),
    ],
    in: { type: 'object', properties: { url: { type: 'string' }, max_length: { type: 'integer' } }, required: ['url'] },
    out: { type: 'string' },
    return: 'str',
  },
];

export const agents: Agent[] = [
  {
    name: 'Default',
    description: 'Works on any task with Python.',
    tools: ['final_answer', 'user_input', 'visit_webpage'],
    options: {},
    builtin: true,
  },
  {
    name: 'Analyst',
    description: 'Careful with numbers; shows tables and plots.',
    instructions: 'Look at the raw data before you parse it. State units. Prefer tables over prose.',
    model: 'ollama/qwen3:8b',
    tools: ['final_answer', 'user_input'],
    imports: ['pandas', 'numpy.*'],
    max_steps: 12,
    options: { temperature: 0.2, context_tokens: 32_768 },
  },
];

export const models: ProviderModels[] = [
  {
    provider: { name: 'ollama', kind: 'ollama', base_url: 'http://127.0.0.1:11434' },
    models: [
      {
        ref: 'ollama/qwen3:8b',
        name: 'qwen3:8b',
        size: 5_225_388_164,
        parameters: '8.2B',
        quantisation: 'Q4_K_M',
        context_tokens: 40_960,
        capabilities: ['completion', 'tools', 'thinking'],
        loaded: true,
        modified: '2026-10-01T09:00:00Z',
      },
      {
        ref: 'ollama/llama3.1:8b',
        name: 'llama3.1:8b',
        size: 4_920_753_328,
        parameters: '8.0B',
        quantisation: 'Q4_K_M',
        context_tokens: 131_072,
        capabilities: ['completion', 'tools'],
      },
      {
        ref: 'ollama/gpt-oss:120b-cloud',
        name: 'gpt-oss:120b-cloud',
        parameters: '117B',
        context_tokens: 131_072,
        capabilities: ['completion', 'tools', 'thinking'],
        cloud: true,
      },
    ],
  },
  {
    provider: { name: 'router', kind: 'openai', base_url: 'https://router.huggingface.co/v1', has_key: false },
    models: null,
    fault: {
      code: 'unauthorized',
      message: 'The server wants a key',
      why: 'router.huggingface.co answered 401 Unauthorized.',
      do: 'Store a key for “router” in Settings.',
    },
  },
  {
    provider: { name: 'demo', kind: 'demo' },
    models: [{ ref: 'demo/tour', name: 'Demo (no LLM)', capabilities: ['completion'] }],
  },
];

export const samples: Sample[] = [
  {
    id: 'sales',
    title: 'Sales by region',
    text: 'Reads a CSV, trips over its decimals, mends that and answers with a table.',
    task: 'Which region sold most, and by how much more than the second?',
    files: ['sales.csv'],
  },
  {
    id: 'million',
    title: 'How long until 1 million?',
    text: 'Simulates savings and shows when they cross the mark.',
    task: 'I save 500 a month at 4 % a year. When do I have 1 million?',
  },
  {
    id: 'log',
    title: 'Untangle the log',
    text: 'Finds the error that started a chain of failures.',
    task: 'Which error came first, and what did it cause?',
    files: ['server.log'],
  },
];

export const settings: Settings = {
  theme: 'system',
  default_model: 'ollama/qwen3:8b',
  default_agent: 'Default',
  providers: [
    { name: 'ollama', kind: 'ollama', base_url: 'http://127.0.0.1:11434' },
    { name: 'router', kind: 'openai', base_url: 'https://router.huggingface.co/v1', has_key: false },
  ],
  step_seconds: 60,
  output_kib: 64,
  scratch_mib: 256,
  scratch_files: 10_000,
  model_tries: 5,
  first_token_seconds: 900,
  memory_mib: 512,
  state_runs: 200,
  state_mib: 2048,
  allow_private: [],
};

export const advised: Recommendation[] = [
  { model: 'ollama/qwen3:4b', size: 2.5e9, needs: 6.75e9, about: 'The smallest that keeps its place.', fits: true },
  {
    model: 'ollama/qwen3:8b',
    size: 5.2e9,
    needs: 10.8e9,
    about: 'A good all-rounder.',
    fits: true,
    best: true,
    present: true,
  },
  { model: 'ollama/qwen3:30b', size: 19e9, needs: 31.5e9, about: 'The best of the line.', fits: false },
];

export const status: Status = {
  advised,
  version: '0.1.0',
  home: '~/.local/share/sandglass',
  memory: 25_769_803_776,
  ollama: { url: 'http://127.0.0.1:11434', running: true, version: '0.17.4', models: 3 },
  runtime: { state: 'ready', python: '3.13.5', key: 'py-3.13.5', packages: 2 },
  keyring: { kind: 'system', detail: 'Secret Service' },
};

export const packages: PackageList = {
  runtime: [
    { name: 'numpy', version: '1.19.5' },
    { name: 'plotly', version: '5.20.0' },
  ],
  added: [
    {
      name: 'Greet',
      version: '1.2',
      summary: 'Says hello',
      modules: ['greet'],
      requires: ['lxml'],
      size: 4210,
      everyone: true,
      added: 1_763_000_000_000,
      sha256: 'c0ffee',
      missing: ['lxml'],
    },
  ],
};

export const defaultImports = [
  'collections',
  'csv',
  'datetime',
  'itertools',
  'json',
  'math',
  'random',
  're',
  'statistics',
];
