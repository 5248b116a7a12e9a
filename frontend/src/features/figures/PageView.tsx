import { useMemo, useState } from 'react';
import type { ArtefactSaved } from '../../bridge/api.gen';
import { S } from '../../strings';
import { CopyButton } from '../../ui/CopyButton';
import { DataTable } from '../../ui/DataTable';
import { FaultCard } from '../../ui/FaultCard';
import { Output } from '../../ui/Output';
import { Prose } from '../../ui/Prose';
import { decode, useContent } from './content';
import { csvTable, inertPage } from './spec';

/** A page of the agent's: in a frame without scripts, without an origin, and under the policy of the interface. */
export function PageView({ run, file }: { run: string; file: ArtefactSaved }) {
  const { base64, fault } = useContent(run, file);
  const [source, setSource] = useState(false);
  const html = useMemo(() => (base64 === undefined ? undefined : decode(base64)), [base64]);
  const page = useMemo(() => (html === undefined ? '' : inertPage(html)), [html]);
  if (fault) return <FaultCard fault={fault} />;
  if (html === undefined) return null;
  return (
    <div className="stack">
      {source ? (
        <Output text={html} label={S.figure.source} />
      ) : (
        <iframe className="page-frame" title={file.name} sandbox="" srcDoc={page} referrerPolicy="no-referrer" />
      )}
      <div className="row">
        <button type="button" className="link" aria-pressed={source} onClick={() => setSource(!source)}>
          {source ? S.figure.page : S.figure.source}
        </button>
        <CopyButton text={html} label={S.figure.copySource} />
        <span className="muted">{S.figure.pageNote}</span>
      </div>
    </div>
  );
}

export function TableView({ run, file }: { run: string; file: ArtefactSaved }) {
  const { base64, fault } = useContent(run, file);
  const table = useMemo(() => (base64 === undefined ? undefined : csvTable(decode(base64))), [base64]);
  if (fault) return <FaultCard fault={fault} />;
  return table ? <DataTable table={table} label={file.name} /> : null;
}

export function TextView({ run, file }: { run: string; file: ArtefactSaved }) {
  const { base64, fault } = useContent(run, file);
  const text = useMemo(() => (base64 === undefined ? '' : decode(base64)), [base64]);
  if (fault) return <FaultCard fault={fault} />;
  return file.media_type === 'text/markdown' ? <Prose text={text} /> : <Output text={text} label={file.name} />;
}
