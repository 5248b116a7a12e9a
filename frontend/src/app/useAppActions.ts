import { useMemo } from 'react';
import { type Action, useActions } from '../actions/registry';
import { useHost } from '../bridge/host';
import { S } from '../strings';
import { type DeskData, useDesk } from './desk';
import { go, paths } from './route';
import { setTheme, type Theme } from './theme';

/** What can be done everywhere. */
export function useAppActions(open: (dialog: 'palette' | 'help') => void) {
  const host = useHost();
  const desk = useDesk();
  useActions(
    useMemo(
      (): Action[] => [
        { id: 'new', title: S.nav.new, group: 'go', keys: ['N', 'G N'], run: () => go(paths.new()) },
        { id: 'runs', title: S.nav.runs, group: 'go', keys: ['G R'], run: () => go(paths.runs()) },
        { id: 'agents', title: S.nav.agents, group: 'go', keys: ['G A'], run: () => go(paths.agents()) },
        { id: 'tools', title: S.nav.tools, group: 'go', keys: ['G T'], run: () => go(paths.tools()) },
        { id: 'imports', title: S.nav.imports, group: 'go', keys: ['G I'], run: () => go(paths.imports()) },
        { id: 'models', title: S.nav.models, group: 'go', keys: ['G M'], run: () => go(paths.models()) },
        {
          id: 'settings',
          title: S.nav.settings,
          group: 'go',
          keys: ['G S', 'Ctrl+,'],
          run: () => go(paths.settings()),
        },
        {
          id: 'search',
          title: S.actions.focusSearch,
          group: 'go',
          keys: ['/'],
          run: () => {
            go(paths.runs());
            // The field is there once the list is.
            requestAnimationFrame(() => document.getElementById('runs-search')?.focus());
          },
        },
        {
          id: 'palette',
          title: S.actions.palette,
          group: 'app',
          keys: ['Ctrl+K'],
          inFields: true,
          quiet: true,
          run: () => open('palette'),
        },
        { id: 'help', title: S.actions.help, group: 'app', keys: ['?', 'F1'], run: () => open('help') },
        ...(['light', 'dark', 'system'] as const).map(
          (t): Action => ({
            id: `theme-${t}`,
            title: S.actions[t],
            group: 'app',
            run: () => void changeTheme(host.api.SaveSettings, desk, t),
          }),
        ),
      ],
      [host, desk, open],
    ),
  );
}

/** Paints at once; the settings follow. */
async function changeTheme(
  save: (s: import('../bridge/api.gen').Settings) => Promise<void>,
  desk: DeskData,
  theme: Theme,
) {
  setTheme(theme);
  const s = desk.settings.get().data;
  if (!s) return;
  const next = { ...s, theme };
  desk.settings.put(next);
  await save(next).catch(() => desk.settings.reload());
}
