import { useCallback, useMemo, useState } from 'react';
import { type Action, useActions } from '../../actions/registry';
import { go, paths } from '../../app/route';
import { codes } from '../../run/derive';
import { useRun } from '../../run/useRun';
import { S } from '../../strings';
import { copyText } from '../../ui/CopyButton';
import { FaultCard } from '../../ui/FaultCard';
import { Forks } from './Forks';
import { Header } from './Header';
import { LiveProvider } from './liveContext';
import { type Inner, Outline } from './Outline';
import { Panel } from './Panel';
import { PlanPin } from './PlanView';
import { RunViewProvider } from './runView';
import { Timeline } from './Timeline';
import { Transcript, type TranscriptHandle } from './Transcript';
import { TeamProvider } from './team';
import { usePanel } from './usePanel';

/** Shows a step of a called agent, once the step that called it has been drawn. */
function reveal(seq: number, tries = 20) {
  const el = document.getElementById(`step-${seq}`);
  if (el) el.scrollIntoView({ block: 'start' });
  else if (tries > 0) requestAnimationFrame(() => reveal(seq, tries - 1));
}

/** A run: what it was asked, every step of it, and what came of it. `step` counts from 1; 0 follows the latest. */
export function RunScreen({ id, step }: { id: string; step: number }) {
  const { store, view, ready, fault } = useRun(id);
  const [handle, setHandle] = useState<TranscriptHandle | null>(null);
  const [inView, setInView] = useState(0);
  const [panel, togglePanel] = usePanel();
  /** what the user is writing in place of the agent's plan */
  const [plan, setPlan] = useState<string>();
  const total = view.steps.length;
  const chosen = Math.min(step, total);
  const current = chosen || inView || total;

  /** a step of a called agent, which the panel then shows in place of the current one */
  const [inner, setInner] = useState<Inner>();
  const select = useCallback(
    (n: number) => {
      setInner(undefined);
      go(paths.run(id, n), true);
    },
    [id],
  );
  const jump = useCallback(
    (n: number) => {
      select(n);
      handle?.scrollToStep(n);
    },
    [select, handle],
  );
  const latest = useCallback(() => {
    select(0);
    handle?.follow();
  }, [select, handle]);

  const dive = useCallback(
    (n: number, to: Inner) => {
      jump(n);
      setInner(to);
      reveal(to.step);
    },
    [jump],
  );
  const called = inner && view.agents.get(inner.agent);
  const innerStep = called?.view.steps.find((s) => s.seq === inner?.step);

  const held = view.plan?.text ?? '';
  const writePlan = useCallback(() => setPlan((old) => old ?? held), [held]);
  const currentStep = view.steps[current - 1];
  useActions(
    useMemo((): Action[] => {
      const move = (by: number) => () => jump(Math.max(1, Math.min(total, current + by)));
      const quiet = { group: 'run', quiet: true } as const;
      return [
        { id: 'next', title: S.actions.nextStep, keys: ['J', 'ArrowDown'], ...quiet, run: move(1) },
        { id: 'previous', title: S.actions.previousStep, keys: ['K', 'ArrowUp'], ...quiet, run: move(-1) },
        { id: 'first', title: S.actions.firstStep, keys: ['Home'], group: 'run', run: () => jump(1) },
        { id: 'last', title: S.actions.lastStep, keys: ['End'], group: 'run', run: latest },
        {
          id: 'toggle-code',
          title: S.actions.toggleCode,
          group: 'run',
          keys: ['E'],
          run: () => currentStep && handle?.toggle(currentStep),
        },
        {
          id: 'copy-code',
          title: S.actions.copyStep,
          group: 'run',
          keys: ['C'],
          run: () => {
            const code = currentStep && codes(currentStep).at(-1);
            if (code) void copyText(code.start.code);
          },
        },
        { id: 'panel', title: S.actions.panel, group: 'run', keys: ['D'], run: togglePanel },
        {
          id: 'plan',
          title: held ? S.run.plans.change : S.run.plans.write,
          group: 'run',
          keys: ['P'],
          disabled: view.status !== 'running',
          run: writePlan,
        },
      ];
    }, [jump, latest, total, current, currentStep, handle, togglePanel, held, writePlan, view.status]),
  );

  if (fault && view.lastSeq === 0) {
    return (
      <div className="page">
        <FaultCard fault={fault} onRetry={() => void store.pull()} live>
          <a className="btn small" href="#/runs">
            {S.run.backToRuns}
          </a>
        </FaultCard>
      </div>
    );
  }
  return (
    <LiveProvider value={store.live}>
      <RunViewProvider view={view}>
        <TeamProvider view={view}>
          <div className={`run ${panel ? 'with-panel' : ''}`}>
            <Header view={view} panel={panel} onPanel={togglePanel} />
            <div>
              <Timeline view={view} current={current} onSelect={jump} />
              {fault && <FaultCard fault={fault} onRetry={() => void store.pull()} live />}
              <Forks run={id} />
              <PlanPin view={view} draft={plan} onDraft={setPlan} />
            </div>
            <div className="run-body">
              <Outline view={view} current={current} inner={inner?.step ?? 0} onSelect={jump} onInner={dive} />
              <Transcript
                view={view}
                ready={ready}
                step={chosen}
                onView={setInView}
                onHandle={setHandle}
                onLatest={latest}
                onPlan={writePlan}
              />
              {panel &&
                (called && innerStep ? (
                  <Panel
                    view={called.view}
                    step={innerStep}
                    of={called.start.name}
                    onBack={() => setInner(undefined)}
                  />
                ) : (
                  <Panel view={view} step={currentStep} />
                ))}
            </div>
          </div>
        </TeamProvider>
      </RunViewProvider>
    </LiveProvider>
  );
}
