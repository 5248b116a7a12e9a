import { DropdownMenu as Menu } from 'radix-ui';
import { memo, useMemo, useState } from 'react';
import { type Action, keyLabel, useActions } from '../../actions/registry';
import { useDesk } from '../../app/desk';
import { go, paths } from '../../app/route';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { answerText, duration } from '../../run/derive';
import type { RunView } from '../../run/view';
import { S } from '../../strings';
import { CopyButton, copyText } from '../../ui/CopyButton';
import { Confirm } from '../../ui/Dialog';
import { FaultCard } from '../../ui/FaultCard';
import { dollars, duration as human, modelName, relative, ticking } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { StatusIcon, statusTone } from '../../ui/StatusIcon';
import { useNow } from '../../ui/useNow';
import { newValue, setDraft } from '../compose/draft';
import { runTitle, startRequest } from './again';
import { type Form, MemoryDialog } from './MemoryDialog';
import { TravelDialog } from './Travel';
import { VerifyCard } from './VerifyCard';

export const Header = memo(function Header({ view, panel, onPanel }: HeaderProps) {
  const running = view.status === 'running';
  const { fault, setFault, stopping, stop, again, edit, remove } = useRunActions(view);
  const [confirm, setConfirm] = useState(false);
  const [goingOn, setGoingOn] = useState(false);
  const [verifying, setVerifying] = useState(0);
  const [memory, setMemory] = useState<Form>();
  const answer = answerText(view);
  useActions(
    useMemo((): Action[] => {
      const ended = { group: 'run', disabled: running } as const;
      return [
        {
          id: 'stop',
          title: S.run.stop,
          group: 'run',
          keys: ['Ctrl+.', 'Escape Escape'],
          inFields: true,
          disabled: !running,
          run: stop,
        },
        { id: 'again', title: S.run.again, keys: ['R'], ...ended, run: again },
        { id: 'continue', title: S.run.travel.goOn, keys: ['Shift+C'], ...ended, run: () => setGoingOn(true) },
        { id: 'verify', title: S.run.travel.verify, keys: ['V'], ...ended, run: () => setVerifying((n) => n + 1) },
        { id: 'memory', title: S.run.memory.open, keys: ['M'], group: 'run', run: () => setMemory('memory') },
        { id: 'script', title: S.run.memory.script, keys: ['Shift+M'], group: 'run', run: () => setMemory('py') },
        { id: 'edit-again', title: S.run.editAgain, keys: ['Shift+R'], group: 'run', run: edit },
        {
          id: 'copy-answer',
          title: S.run.copyAnswer,
          keys: ['Y'],
          group: 'run',
          disabled: !answer,
          run: () => void copyText(answer),
        },
        { id: 'delete', title: S.run.delete, keys: ['Delete'], ...ended, run: () => setConfirm(true) },
      ];
    }, [running, stop, again, edit, answer]),
  );
  return (
    <header className="run-head">
      <div className="row between run-head-top">
        <h1 className="clip" title={view.started?.task}>
          {runTitle(view)}
        </h1>
        <div className="row run-buttons">
          {running ? (
            <button type="button" className="btn" onClick={stop} disabled={stopping || !view.started}>
              <Icon name="stop" size={13} /> {stopping ? S.run.stopping : S.run.stop}{' '}
              <kbd aria-hidden="true">{keyLabel('Ctrl+.')}</kbd>
            </button>
          ) : (
            <>
              <button type="button" className="btn" onClick={() => setGoingOn(true)}>
                <Icon name="play" size={13} /> {S.run.travel.goOn}
              </button>
              <button type="button" className="btn" onClick={again}>
                <Icon name="retry" size={13} /> {S.run.again}
              </button>
            </>
          )}
          {answer && <CopyButton className="" wide text={answer} label={S.run.copyAnswer} />}
          <button
            type="button"
            className={`btn ghost icon ${panel ? 'on' : ''}`}
            aria-pressed={panel}
            aria-label={S.run.togglePanel}
            title={`${S.run.togglePanel} (D)`}
            onClick={onPanel}
          >
            <Icon name="panel" />
          </button>
          <More
            running={running}
            onEdit={edit}
            onVerify={() => setVerifying((n) => n + 1)}
            onMemory={setMemory}
            onDelete={() => setConfirm(true)}
          />
        </div>
      </div>
      <Facts view={view} />
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
      {verifying > 0 && <VerifyCard key={verifying} run={view.id} onClose={() => setVerifying(0)} />}
      {memory && <MemoryDialog run={view.id} first={memory} onClose={() => setMemory(undefined)} />}
      {goingOn && <TravelDialog run={view.id} onClose={() => setGoingOn(false)} />}
      <Confirm
        open={confirm}
        title={S.run.deleteTitle}
        text={S.run.deleteText(runTitle(view))}
        action={S.common.delete}
        danger
        onConfirm={remove}
        onClose={() => setConfirm(false)}
      />
    </header>
  );
});

interface HeaderProps {
  view: RunView;
  panel: boolean;
  onPanel: () => void;
}

const stepsOfTeam = (agents: RunView['agents']) =>
  [...agents.values()].reduce((n, a) => n + a.view.steps.filter((s) => s.role === 'step').length, 0);

function Facts({ view }: { view: RunView }) {
  const running = view.status === 'running';
  const now = useNow(1000, running);
  const status = view.waiting ? 'waiting' : view.status;
  const steps = view.steps.filter((s) => s.role === 'step').length;
  const inner = useMemo(() => stepsOfTeam(view.agents), [view.agents]);
  const took = duration(view, now);
  const tokens = view.usage.input_tokens + view.usage.output_tokens;
  if (!view.started) return <div className="row run-facts" />;
  return (
    <div className="row wrap run-facts">
      <span className={`chip ${statusTone(status)}`}>
        <StatusIcon status={status} size={13} /> {S.status[status]}
      </span>
      <span className="sr" role="status">
        {S.run.announce(S.status[status] ?? status, running ? 0 : steps)}
      </span>
      <span className="chip num">
        {S.steps(steps)}
        {inner > 0 && ` + ${S.team.steps(inner)}`}
      </span>
      <span className="chip num">{running ? ticking(took) : human(took)}</span>
      {tokens > 0 && <span className="chip num">{S.tokens(tokens)}</span>}
      {view.usage.cost && <span className="chip num">{dollars(view.usage.cost)}</span>}
      <span className="chip">{modelName(view.started.model)}</span>
      {view.started.team && view.started.team.length > 0 && (
        <span
          className="chip"
          title={view.started.team.map((m) => `${m.agent}${m.model ? ` · ${modelName(m.model)}` : ''}`).join('\n')}
        >
          <Icon name="agents" size={13} /> {S.team.title}: {S.team.members(view.started.team.length)}
        </span>
      )}
      <span className="muted clip">
        {view.started.agent} · {relative(view.startedAt, now)}
      </span>
    </div>
  );
}

interface MoreProps {
  running: boolean;
  onEdit: () => void;
  onVerify: () => void;
  onMemory: (form: Form) => void;
  onDelete: () => void;
}

function More({ running, onEdit, onVerify, onMemory, onDelete }: MoreProps) {
  return (
    <Menu.Root>
      {/* Without a title: its tip would lie over the open menu. */}
      <Menu.Trigger className="btn ghost icon" aria-label={S.run.more}>
        <Icon name="more" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu" align="end" sideOffset={4}>
          <Menu.Item className="menu-item" onSelect={onEdit}>
            <Icon name="edit" size={14} /> <span className="grow">{S.run.editAgain}</span>{' '}
            <kbd>{keyLabel('Shift+R')}</kbd>
          </Menu.Item>
          <Menu.Item className="menu-item" disabled={running} onSelect={onVerify}>
            <Icon name="check" size={14} /> <span className="grow">{S.run.travel.verify}</span> <kbd>V</kbd>
          </Menu.Item>
          <Menu.Item className="menu-item" onSelect={() => onMemory('memory')}>
            <Icon name="panel" size={14} /> <span className="grow">{S.run.memory.open}</span> <kbd>M</kbd>
          </Menu.Item>
          <Menu.Item className="menu-item" onSelect={() => onMemory('py')}>
            <Icon name="copy" size={14} /> <span className="grow">{S.run.memory.script}</span>{' '}
            <kbd>{keyLabel('Shift+M')}</kbd>
          </Menu.Item>
          <Menu.Item className="menu-item t-bad" disabled={running} onSelect={onDelete}>
            <Icon name="trash" size={14} /> <span className="grow">{S.run.delete}…</span> <kbd>Del</kbd>
          </Menu.Item>
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}

function useRunActions(view: RunView) {
  const { api } = useHost();
  const { recent } = useDesk();
  const [fault, setFault] = useState<Fault>();
  const [stopping, setStopping] = useState(false);
  const { id, started } = view;
  const actions = useMemo(() => {
    const attempt = async (what: () => Promise<void>) => {
      setFault(undefined);
      await what().catch((e: unknown) => setFault(toFault(e)));
    };
    return {
      stop: () => {
        setStopping(true);
        void attempt(() => api.Stop(id)).finally(() => setStopping(false));
      },
      again: () => {
        if (!started) return;
        void attempt(async () => go(paths.run((await api.Start(startRequest(started))).id)));
      },
      edit: () => {
        if (!started) return;
        void attempt(async () => {
          const { files, values = [], ...rest } = startRequest(started);
          setDraft({
            ...rest,
            files: files ? ((await api.InspectFiles(files)) ?? []) : [],
            values: values.map((v) => newValue(v.name, v.text)),
          });
          go(paths.new());
        });
      },
      remove: () => {
        void attempt(async () => {
          await api.DeleteRun(id);
          recent.refresh();
          go(paths.runs());
        });
      },
    };
  }, [api, id, started, recent]);
  return { fault, setFault, stopping, ...actions };
}
