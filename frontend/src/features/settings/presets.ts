interface Preset {
  name: string;
  label: string;
  base_url: string;
  /** it wants a key */
  key: boolean;
}

/** Well-known OpenAI-compatible servers. The one place where their addresses stand. */
export const presets: readonly Preset[] = [
  { name: 'openai', label: 'OpenAI', base_url: 'https://api.openai.com/v1', key: true },
  { name: 'huggingface', label: 'Hugging Face router', base_url: 'https://router.huggingface.co/v1', key: true },
  { name: 'anthropic', label: 'Anthropic (OpenAI-compatible)', base_url: 'https://api.anthropic.com/v1', key: true },
  { name: 'groq', label: 'Groq', base_url: 'https://api.groq.com/openai/v1', key: true },
  { name: 'openrouter', label: 'OpenRouter', base_url: 'https://openrouter.ai/api/v1', key: true },
  { name: 'vllm', label: 'vLLM', base_url: 'http://127.0.0.1:8000/v1', key: false },
  { name: 'lmstudio', label: 'LM Studio', base_url: 'http://127.0.0.1:1234/v1', key: false },
  { name: 'llamacpp', label: 'llama.cpp', base_url: 'http://127.0.0.1:8080/v1', key: false },
  { name: 'custom', label: 'Another server', base_url: 'http://127.0.0.1:8000/v1', key: false },
];

export const ollamaURL = 'http://127.0.0.1:11434';
