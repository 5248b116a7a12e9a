import { Popover } from 'radix-ui';
import { useState } from 'react';
import type { RunHit } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Icon } from '../../ui/Icon';

/** Tags of a run, changed in place. */
export function Tags({ run, onChanged }: { run: RunHit; onChanged: () => void }) {
  const { api } = useHost();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<Fault>();
  const tags = run.tags ?? [];
  const save = async (next: string[]) => {
    setFault(undefined);
    try {
      await api.TagRun(run.id, next);
      setText('');
      onChanged();
    } catch (e) {
      setFault(toFault(e));
    }
  };
  const add = () => {
    const t = text.trim();
    if (t !== '' && !tags.includes(t)) void save([...tags, t]);
  };
  return (
    <Popover.Root>
      <Popover.Trigger className="btn ghost icon small" aria-label={`${S.runs.tags}: ${run.title}`} title={S.runs.tags}>
        <Icon name="edit" size={14} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="menu pop" align="end" sideOffset={4} aria-label={S.runs.tags}>
          <div className="row wrap">
            {tags.map((t) => (
              <span key={t} className="chip">
                {t}
                <button
                  type="button"
                  className="chip-x"
                  aria-label={S.runs.removeTag(t)}
                  onClick={() => void save(tags.filter((x) => x !== t))}
                >
                  <Icon name="close" size={11} />
                </button>
              </span>
            ))}
          </div>
          <form
            className="row"
            onSubmit={(e) => {
              e.preventDefault();
              add();
            }}
          >
            <input
              className="field"
              aria-label={S.runs.tagName}
              placeholder={S.runs.addTag}
              value={text}
              onChange={(e) => setText(e.target.value)}
            />
            <button type="submit" className="btn" aria-label={S.runs.addTag}>
              <Icon name="plus" size={14} />
            </button>
          </form>
          {fault && <FaultCard fault={fault} live />}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
