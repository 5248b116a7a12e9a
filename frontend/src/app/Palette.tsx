import { useId, useMemo, useState } from 'react';
import { type Action, keyLabel, useAllActions } from '../actions/registry';
import { S } from '../strings';
import { Dialog } from '../ui/Dialog';

export function Palette({ mode, onClose }: { mode: '' | 'palette' | 'help'; onClose: () => void }) {
  return (
    <>
      <Dialog open={mode === 'palette'} onClose={onClose} title={S.palette.title}>
        {mode === 'palette' && <Commands onClose={onClose} />}
      </Dialog>
      <Dialog open={mode === 'help'} onClose={onClose} title={S.palette.help} wide>
        {mode === 'help' && <Shortcuts />}
      </Dialog>
    </>
  );
}

function Commands({ onClose }: { onClose: () => void }) {
  const actions = useAllActions();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const found = useMemo(() => match(actions, query), [actions, query]);
  const chosen = found[Math.min(at, found.length - 1)];
  const run = (a: Action | undefined) => {
    if (!a) return;
    onClose();
    // After the dialog has given the focus back: the action may want to move it.
    setTimeout(a.run, 0);
  };
  const onKey = (e: React.KeyboardEvent) => {
    const n = found.length;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: n - 1 }[e.key];
    if (to !== undefined && n > 0) {
      e.preventDefault();
      setAt((to + n) % n);
    } else if (e.key === 'Enter') {
      e.preventDefault();
      run(chosen);
    }
  };
  return (
    <div className="palette">
      <input
        className="field"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen ? `${id}-${chosen.id}` : undefined}
        aria-label={S.palette.placeholder}
        placeholder={S.palette.placeholder}
        value={query}
        onChange={(e) => {
          setQuery(e.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <ul className="palette-list" id={`${id}-list`} role="listbox" aria-label={S.palette.title}>
        {found.map((a) => (
          <li
            key={a.id}
            id={`${id}-${a.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={a === chosen}
            className={`menu-item ${a === chosen ? 'on' : ''}`}
            onMouseMove={() => setAt(found.indexOf(a))}
            onClick={() => run(a)}
            onKeyDown={onKey}
            ref={a === chosen ? (el) => el?.scrollIntoView?.({ block: 'nearest' }) : undefined}
          >
            <span className="grow clip">{a.title}</span>
            <span className="muted">{S.palette.groups[a.group]}</span>
            {a.keys?.[0] && <kbd>{keyLabel(a.keys[0])}</kbd>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="muted">{S.palette.none}</p>}
    </div>
  );
}

/** Every word must occur; actions that begin with the query come first. */
function match(actions: readonly Action[], query: string): Action[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (a: Action) => `${a.title} ${S.palette.groups[a.group]}`.toLowerCase();
  const hits = actions.filter((a) => !a.disabled && !a.quiet && words.every((w) => text(a).includes(w)));
  const rank = (a: Action) => (a.title.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1);
  return words.length > 0 ? hits.sort((a, b) => rank(a) - rank(b)) : hits;
}

function Shortcuts() {
  const actions = useAllActions().filter((a) => a.keys?.length);
  const groups = [...new Set(actions.map((a) => a.group))];
  return (
    <div className="shortcuts">
      {groups.map((g) => (
        <section key={g}>
          <h3 className="eyebrow">{S.palette.groups[g]}</h3>
          <dl>
            {actions
              .filter((a) => a.group === g)
              .map((a) => (
                <div key={a.id} className="row between">
                  <dt>{a.title}</dt>
                  <dd className="row">
                    {a.keys?.map((k) => (
                      <kbd key={k}>{keyLabel(k)}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
