import { memo, type ReactNode } from 'react';
import type { CodeFinished } from '../../bridge/api.gen';
import type { ArtefactItem, CodeItem } from '../../run/view';
import { S } from '../../strings';
import { Code } from '../../ui/Code';
import { bytes, ticking } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { Output } from '../../ui/Output';
import { Prose } from '../../ui/Prose';
import { useNow } from '../../ui/useNow';
import { ArtefactView, WholeView } from './ArtefactView';
import { ErrorView } from './ErrorView';
import { LiveText } from './LiveText';
import { useStream } from './liveContext';
import { ValueView } from './ValueView';

interface Props {
  run: string;
  item: CodeItem;
  files: readonly ArtefactItem[];
  /** what the code called while it ran */
  children?: ReactNode;
  open: boolean;
  onToggle: () => void;
  live: boolean;
  /** a question is open: the person is at work, not the code */
  asking: boolean;
}

/** The thought, the Python, and what came of it. */
export const CodeView = memo(function CodeView({ run, item, files, children, open, onToggle, live, asking }: Props) {
  const { start, done } = item;
  const left = files.filter((f) => !f.body.whole && (!done?.final || f.body.name !== done.final.display));
  return (
    <>
      {start.thought && <Prose text={start.thought} className="thought" />}
      <Code
        code={start.code}
        errorLine={done?.error?.line ?? 0}
        open={open}
        onToggle={onToggle}
        aside={
          start.edited ? (
            <span className="chip tiny">{S.run.travel.byHand}</span>
          ) : start.mended && start.mended.length > 0 ? (
            <span className="chip tiny warn" title={start.mended.join('\n')}>
              {S.run.mended}
              <span className="sr">: {start.mended.join(', ')}</span>
            </span>
          ) : undefined
        }
      />
      {children}
      {done ? <Outcome run={run} done={done} files={files} /> : live && !asking && <Running item={item} />}
      {done?.error && <ErrorView error={done.error} />}
      {((done?.value && !done.final) || left.length > 0) && (
        <div className="results">
          {done?.value && !done.final && <ValueView value={done.value} />}
          {left.map((f) => (
            <ArtefactView key={f.seq} run={run} file={f.body} told={f.body.name === done?.value?.display} />
          ))}
        </div>
      )}
    </>
  );
});

function Outcome({ run, done, files }: { run: string; done: CodeFinished; files: readonly ArtefactItem[] }) {
  const whole = files.find((f) => f.body.whole);
  const silent = !done.stdout && !done.stderr && !done.value && !done.final && !done.error && !done.killed;
  return (
    <>
      {done.stdout && <Output text={done.stdout} label={S.run.output} />}
      {done.stderr && <Output text={done.stderr} label={S.run.stderr} tone="bad" />}
      {(done.truncated ?? 0) > 0 && !whole && (
        <p className="muted note">{S.run.outputCut(bytes(done.truncated ?? 0))}</p>
      )}
      {whole && <WholeView run={run} file={whole.body} />}
      {done.killed && (
        <p className="obs t-bad">
          <Icon name="clock" size={14} /> {S.run.killed[done.killed] ?? done.killed}
        </p>
      )}
      {silent && files.length === 0 && <p className="muted note">{S.run.nothing}</p>}
    </>
  );
}

function Running({ item }: { item: CodeItem }) {
  const stream = useStream(item.seq);
  const now = useNow(1000);
  return (
    <>
      {(stream?.stdout.length ?? 0) > 0 && (
        <LiveText span={item.seq} part="stdout" className="output-live" label={S.run.output} />
      )}
      {(stream?.stderr.length ?? 0) > 0 && (
        <LiveText span={item.seq} part="stderr" className="output-live bad" label={S.run.stderr} />
      )}
      <p className="row live-status">
        <span className="live-dot code" /> {S.run.runningCode}
        <span className="muted num">{ticking(Math.max(0, now - item.at))}</span>
      </p>
    </>
  );
}
