import { useEffect, useRef, useState } from 'react';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import type { QuestionItem } from '../../run/view';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Prose } from '../../ui/Prose';

/** The agent waits for the person: the one card that asks for something. */
export function QuestionView({ run, item, live }: { run: string; item: QuestionItem; live: boolean }) {
  if (item.answer !== undefined) {
    return (
      <div className="asked">
        <Prose text={item.question} />
        <p>
          <span className="muted">{S.run.answered}:</span> <span className="pre-wrap">{item.answer}</span>
        </p>
      </div>
    );
  }
  if (!live) {
    return (
      <div className="asked">
        <Prose text={item.question} />
        <p className="muted">{S.run.unanswered}</p>
      </div>
    );
  }
  return <Ask run={run} question={item.question} title={item.agent ? S.team.asks(item.agent) : S.run.asks} />;
}

function Ask({ run, question, title }: { run: string; question: string; title: string }) {
  const { api } = useHost();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // Only when nobody is writing somewhere else.
    if (document.activeElement === document.body || document.activeElement === null)
      field.current?.focus({ preventScroll: true });
  }, []);
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setFault(undefined);
    try {
      await api.Answer(run, text);
    } catch (e) {
      setFault(toFault(e));
      setBusy(false);
    }
  };
  return (
    <form
      className="ask"
      aria-label={title}
      onSubmit={(e) => {
        e.preventDefault();
        void send();
      }}
    >
      <h4>{title}</h4>
      <Prose text={question} />
      <textarea
        ref={field}
        className="field"
        rows={2}
        aria-label={S.run.yourAnswer}
        placeholder={S.run.yourAnswer}
        value={text}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && !e.shiftKey && !e.nativeEvent.isComposing) {
            e.preventDefault();
            void send();
          }
        }}
      />
      {fault && <FaultCard fault={fault} live />}
      <div className="row">
        <button type="submit" className="btn primary" disabled={busy}>
          {S.run.send} <kbd aria-hidden="true">↵</kbd>
        </button>
        <span className="muted">{S.run.runWaits}</span>
      </div>
      <span className="sr" role="status">
        {title}: {question}
      </span>
    </form>
  );
}
