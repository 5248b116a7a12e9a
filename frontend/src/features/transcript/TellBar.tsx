import { useMemo, useRef, useState } from 'react';
import { type Action, useActions } from '../../actions/registry';
import { go, paths } from '../../app/route';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { addressee, atWork, unread } from '../../run/derive';
import type { RunView } from '../../run/view';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Icon } from '../../ui/Icon';
import { Select } from '../../ui/Select';

const T = S.run.tell;

/**
 * Below the transcript: what the user says to a running agent. A run that ended while the user was writing, or before
 * the agent read it, is gone on from with the same words: nothing is lost.
 */
export function TellBar({ view, onPlan }: { view: RunView; onPlan: () => void }) {
  const { api } = useHost();
  const [text, setText] = useState('');
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const running = view.status === 'running';
  const working = useMemo(() => (running ? atWork(view) : []), [view, running]);
  // Whom it goes to is settled when the user begins to write: agents come and go meanwhile.
  const [picked, setPicked] = useState<number>();
  const there = (call: number) => working.some((a) => a.seq === call);
  const to = picked === undefined ? addressee(working) : there(picked) ? picked : 0;
  const left = useMemo(() => (running ? 0 : unread(view).length), [view, running]);
  useActions(
    useMemo(
      (): Action[] => [
        {
          id: 'tell',
          title: T.label,
          group: 'run',
          keys: ['T'],
          disabled: !running,
          run: () => field.current?.focus(),
        },
      ],
      [running],
    ),
  );
  if (!view.started || (!running && text === '' && left === 0)) return null;

  const send = async () => {
    if (busy || (text.trim() === '' && left === 0)) return;
    setBusy(true);
    setFault(undefined);
    try {
      if (running) await api.Steer(view.id, to, text);
      else go(paths.run((await api.Start({ task: text, from: { run: view.id, step: -1 } })).id));
      setText('');
      setPicked(undefined);
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="tell"
      aria-label={T.label}
      onSubmit={(e) => {
        e.preventDefault();
        void send();
      }}
    >
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
      {!running && <p className="t-warn">{left > 0 ? T.leftUnread(left) : T.ended}</p>}
      <div className="row">
        {working.length > 0 && (
          <Select
            label={T.to}
            inlineLabel
            value={String(to)}
            onChange={(v) => setPicked(Number(v))}
            options={[
              { value: '0', label: view.started.agent, hint: T.own },
              ...working.map((a) => ({ value: String(a.seq), label: a.start.name, hint: T.step(a.view.steps.length) })),
            ]}
          />
        )}
        <textarea
          ref={field}
          className="field grow"
          rows={Math.min(6, text.split('\n').length)}
          aria-label={T.label}
          placeholder={running ? T.placeholder : T.placeholderEnded}
          value={text}
          onChange={(e) => {
            if (text === '') setPicked(to);
            else if (e.target.value === '') setPicked(undefined);
            setText(e.target.value);
          }}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && !e.shiftKey && !e.nativeEvent.isComposing) {
              e.preventDefault();
              void send();
            } else if (e.key === 'Escape') {
              e.currentTarget.blur();
            }
          }}
        />
        <button type="submit" className="btn" disabled={busy || (text.trim() === '' && left === 0)}>
          <Icon name={running ? 'user' : 'play'} size={13} /> {running ? T.send : T.goOn}{' '}
          <kbd aria-hidden="true">↵</kbd>
        </button>
        {running && !view.plan && (
          <button type="button" className="btn ghost" title={`${S.run.plans.write} (P)`} onClick={onPlan}>
            {S.run.plans.write}
          </button>
        )}
      </div>
    </form>
  );
}
