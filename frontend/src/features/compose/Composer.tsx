import { useEffect, useMemo, useRef, useState } from 'react';
import { type Action, keyLabel, useActions } from '../../actions/registry';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { go, paths } from '../../app/route';
import type { StartRequest } from '../../bridge/api.gen';
import { Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Select } from '../../ui/Select';
import { modelGroups, providerOf, type Sight, sightOf } from '../models/groups';
import { addFiles, clearDraft, getDraft, nameProblem, setDraft, useDraft, valueRefs } from './draft';
import { FileChips } from './FileChips';
import { fileRefs } from './files';
import { useFileDrop } from './useFileDrop';
import { AddValue, Values } from './Values';

export function Composer() {
  const { api } = useHost();
  const draft = useDraft();
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const { over, pick, drop } = useFileDrop(addFiles, setFault);
  const area = useAutosize(draft.task);
  const sight = sightOf(useResource(useDesk().models).data ?? [], useModel());

  const start = useMemo(
    () => async () => {
      const d = getDraft();
      const problem = check(d);
      setTried(true);
      if (problem) {
        setFault(problem);
        area.current?.focus();
        return;
      }
      setBusy(true);
      setFault(undefined);
      try {
        const run = await api.Start(request(d, sight));
        clearDraft();
        setTried(false);
        go(paths.run(run.id));
      } catch (e) {
        setFault(toFault(e));
      } finally {
        setBusy(false);
      }
    },
    [api, area, sight],
  );
  useActions(
    useMemo(
      (): Action[] => [
        {
          id: 'start',
          title: S.actions.start,
          group: 'compose',
          keys: ['Ctrl+Enter'],
          inFields: true,
          run: () => void start(),
        },
        {
          id: 'add-files',
          title: S.home.addFiles,
          group: 'compose',
          keys: ['Ctrl+O'],
          inFields: true,
          run: () => void pick(),
        },
      ],
      [start, pick],
    ),
  );
  useEffect(() => area.current?.focus({ preventScroll: true }), [area]);

  return (
    <section className={`card composer ${over ? 'over' : ''}`} aria-label={S.home.task} {...drop}>
      <textarea
        ref={area}
        className="composer-text"
        rows={3}
        aria-label={S.home.task}
        placeholder={S.home.placeholder}
        value={draft.task}
        onChange={(e) => setDraft({ task: e.target.value })}
      />
      <FileChips files={draft.files} onFiles={(files) => setDraft({ files })} sight={sight} over={over} onPick={pick}>
        <AddValue draft={draft} onChange={(values) => setDraft({ values })} />
      </FileChips>
      <Values draft={draft} strict={tried} onChange={(values) => setDraft({ values })} />
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
      <Pickers busy={busy} onStart={start} />
    </section>
  );
}

/** The model that the task would be given to. */
function useModel(): string {
  const desk = useDesk();
  const draft = useDraft();
  const agents = useResource(desk.agents).data;
  const settings = useResource(desk.settings).data;
  const agent = agents?.find((a) => a.name === (draft.agent || settings?.default_agent));
  return draft.model || agent?.model || settings?.default_model || '';
}

function Pickers({ busy, onStart }: { busy: boolean; onStart: () => void }) {
  const desk = useDesk();
  const draft = useDraft();
  const agents = useResource(desk.agents).data;
  const models = useResource(desk.models).data;
  const settings = useResource(desk.settings).data;
  const agent = agents?.find((a) => a.name === (draft.agent || settings?.default_agent));
  const own = agent?.model || settings?.default_model || '';
  const groups = useMemo(
    () => modelGroups(models ?? [], own, own ? S.home.defaultModel : S.home.noDefault),
    [models, own],
  );
  const cloud = providerOf(models ?? [], draft.model || own);
  return (
    <>
      <div className="row between wrap composer-foot">
        <div className="row wrap">
          <Select
            label={S.home.agent}
            inlineLabel
            value={agent?.name ?? draft.agent}
            placeholder="–"
            onChange={(v) => setDraft({ agent: v })}
            options={(agents ?? []).map((a) => ({ value: a.name, label: a.name, hint: a.description }))}
          />
          <Select
            label={S.home.model}
            inlineLabel
            value={draft.model}
            onChange={(v) => setDraft({ model: v })}
            groups={groups}
          />
        </div>
        <button type="button" className="btn primary" onClick={onStart} disabled={busy}>
          {busy ? S.home.starting : S.home.run} <kbd aria-hidden="true">{keyLabel('Ctrl+Enter')}</kbd>
        </button>
      </div>
      {cloud && <p className="muted composer-cloud">{S.home.sendsOut(cloud)}</p>}
    </>
  );
}

function check(d: ReturnType<typeof getDraft>): Fault | undefined {
  if (d.task.trim() === '') return new Fault('invalid_input', S.home.emptyTask);
  if (d.values.some((v) => nameProblem(v, d))) return new Fault('invalid_input', S.home.values.fault);
  return d.files.some((f) => f.fault) ? new Fault('invalid_input', S.home.fileFault) : undefined;
}

function request(d: ReturnType<typeof getDraft>, sight: Sight): StartRequest {
  const r: StartRequest = { task: d.task.trim(), ...fileRefs(d.files, sight), ...valueRefs(d.values) };
  if (d.agent) r.agent = d.agent;
  if (d.model) r.model = d.model;
  return r;
}

/** The field grows with its text, up to a third of the window. */
function useAutosize(text: string) {
  const ref = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is why the height changes
  useEffect(() => {
    const el = ref.current;
    if (!el) return;
    el.style.height = 'auto';
    el.style.height = `${Math.min(el.scrollHeight + 2, Math.max(120, innerHeight / 3))}px`;
  }, [text]);
  return ref;
}
