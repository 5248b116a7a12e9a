import type { ModelInfo, ProviderModels } from '../../bridge/api.gen';
import { S } from '../../strings';
import { bytes, modelName } from '../../ui/format';
import type { Group, Option } from '../../ui/Select';

/** Ollama and the user's servers before the demo, each in the order that Go gave. */
export function ordered(list: readonly ProviderModels[]): ProviderModels[] {
  const rank = { ollama: 0, openai: 1, demo: 2 };
  return [...list].sort((a, b) => (rank[a.provider.kind] ?? 1) - (rank[b.provider.kind] ?? 1));
}

export function providerTitle(p: ProviderModels['provider']): string {
  return S.models.providers[p.kind] ?? p.name;
}

/** The demo is called the same everywhere, so that nobody takes it for a language model. */
export const modelLabel = (m: ModelInfo): string =>
  m.ref.startsWith('demo/') ? modelName(m.ref) : m.name || modelName(m.ref);

function option(m: ModelInfo): Option {
  const hint = m.cloud ? S.models.cloud : [m.parameters, m.size ? bytes(m.size) : ''].filter(Boolean).join(' · ');
  return { value: m.ref, label: modelLabel(m), hint };
}

/** The model picker: grouped by provider; a provider that cannot list its models says why and what to do. */
export function modelGroups(list: readonly ProviderModels[], own: string, ownHint: string): Group[] {
  const first: Option = own ? { value: '', label: modelName(own), hint: ownHint } : { value: '', label: ownHint };
  const groups: Group[] = [{ options: [first] }];
  for (const p of ordered(list)) {
    const options = (p.models ?? []).map(option);
    const note = p.fault
      ? [p.fault.message, p.fault.do].filter(Boolean).join('. ')
      : options.length === 0
        ? S.models.none
        : '';
    groups.push({ label: providerTitle(p.provider), options, ...(note && { note }) });
  }
  return groups;
}

/** Who gets to see the task when this model is used; '' for a local one. */
export function providerOf(list: readonly ProviderModels[], ref: string): string {
  for (const p of list) {
    const m = p.models?.find((x) => x.ref === ref);
    if (m?.cloud || (m && p.provider.kind === 'openai' && !isLocal(p.provider.base_url ?? '')))
      return providerTitle(p.provider);
  }
  return '';
}

/** Whether a model can be shown images; the demo takes them and does not look. */
export type Sight = 'sees' | 'blind' | 'unknown' | 'demo';

export function sightOf(list: readonly ProviderModels[], ref: string): Sight {
  for (const p of list) {
    const m = p.models?.find((x) => x.ref === ref);
    if (!m) continue;
    if (p.provider.kind === 'demo') return 'demo';
    if (m.capabilities?.includes('vision')) return 'sees';
    return p.provider.kind === 'ollama' && m.capabilities?.length ? 'blind' : 'unknown';
  }
  return ref === '' ? 'demo' : 'unknown';
}

export function isLocal(url: string): boolean {
  try {
    const host = new URL(url).hostname;
    return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
  } catch {
    return false;
  }
}
