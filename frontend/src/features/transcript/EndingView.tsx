import { useState } from 'react';
import type { ArtefactSaved } from '../../bridge/api.gen';
import type { Fault } from '../../bridge/fault';
import type { Ending, RunView } from '../../run/view';
import { S } from '../../strings';
import { CopyButton } from '../../ui/CopyButton';
import { FaultCard } from '../../ui/FaultCard';
import { bytes } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { Prose } from '../../ui/Prose';
import { fileIcon } from '../compose/FileChips';
import { ArtefactView, fileName, Save } from './ArtefactView';
import { ValueView } from './ValueView';

/** How the run ended: with an answer, or with what happened, why, and what to do. */
export function EndingView({ view, ending, inner = false }: EndingProps) {
  const written = view.artefacts.filter((a) => !a.displayed);
  return (
    <div className="stack">
      <Card view={view} ending={ending} inner={inner} />
      {written.length > 0 && <Files run={view.id} files={written} inner={inner} />}
    </div>
  );
}

interface EndingProps {
  view: RunView;
  ending: Ending;
  /** it is that of a called agent: a part of a step, and no landmark of the page */
  inner?: boolean;
}

const landmark = (inner: boolean) => (inner ? { role: 'group' } : {});

function Card({ view, ending, inner }: Required<EndingProps>) {
  switch (ending.kind) {
    case 'failed':
      return (
        <section {...landmark(inner)} aria-label={S.run.failed}>
          <FaultCard fault={ending.body.fault} />
        </section>
      );
    case 'stopped':
      return <Ended title={S.run.stopped} text={inner ? '' : S.run.stoppedText} />;
    case 'interrupted':
      return <Ended title={S.run.interrupted} text={S.run.interruptedText} />;
    case 'finished':
      return <Answer view={view} ending={ending} inner={inner} />;
  }
}

interface AnswerProps {
  view: RunView;
  ending: Extract<Ending, { kind: 'finished' }>;
  inner: boolean;
}

function Answer({ view, ending, inner }: AnswerProps) {
  const { answer, text, status, unmet } = ending.body;
  const limit = status === 'max_steps';
  // An answer may be the name of a picture that was just written.
  const picture = answer?.display
    ? view.artefacts.find((a) => a.name === answer.display)
    : view.artefacts.find((a) => a.media_type.startsWith('image/') && a.name === text.trim());
  return (
    <section {...landmark(inner)} className={`answer ${limit ? 'limit' : ''}`} aria-label={S.run.answer}>
      <header className="row between">
        <h2 className="eyebrow">{S.run.answer}</h2>
        <CopyButton text={text} label={S.run.copyAnswer} />
      </header>
      {answer ? <ValueView value={answer} large={!inner} /> : <Prose text={text} className="answer-text" />}
      {picture && <ArtefactView run={view.id} file={picture} told={answer?.table !== undefined} />}
      {unmet?.map((u) => (
        <p key={u} className="row t-warn pre-wrap">
          <Icon name="alert" size={14} /> {u}
        </p>
      ))}
      {limit && (
        <p className="row t-warn">
          <Icon name="clock" size={14} /> {S.run.maxSteps(view.started?.max_steps ?? ending.body.steps)}
        </p>
      )}
    </section>
  );
}

function Ended({ title, text }: { title: string; text: string }) {
  return (
    <section className="ended card">
      <h2>{title}</h2>
      <p className="soft">{text}</p>
    </section>
  );
}

interface FilesProps {
  run: string;
  files: readonly ArtefactSaved[];
  title?: string;
  inner?: boolean;
}

export function Files({ run, files, title = S.run.artefacts, inner = false }: FilesProps) {
  const [fault, setFault] = useState<Fault>();
  return (
    <section {...landmark(inner)} className="stack" aria-label={title}>
      <h2 className="eyebrow">{title}</h2>
      <ul className="row wrap">
        {files.map((f) => (
          <li key={f.name} className="chip file-chip">
            <Icon name={fileIcon(f.media_type)} size={13} /> <span className="clip file-name">{fileName(f)}</span>
            <span className="num">{bytes(f.size)}</span>
            <Save run={run} file={f} onFault={setFault} />
          </li>
        ))}
      </ul>
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
    </section>
  );
}
