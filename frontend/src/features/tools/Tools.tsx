import { useMemo, useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { format, paths } from '../../app/route';
import type { Agent, ToolSpec } from '../../bridge/api.gen';
import { S } from '../../strings';
import { Tokens } from '../../ui/Code';
import { Empty } from '../../ui/Empty';
import { FaultCard } from '../../ui/FaultCard';
import { highlightLine } from '../../ui/highlight';
import { Icon } from '../../ui/Icon';

/** What agents may call: what it does, how it is written, what it takes. */
export function Tools({ name }: { name: string }) {
  const desk = useDesk();
  const { data: tools, fault } = useResource(desk.tools);
  const agents = useResource(desk.agents).data ?? [];
  const [query, setQuery] = useState('');
  const found = useMemo(() => {
    const q = query.trim().toLowerCase();
    return (tools ?? []).filter((t) => `${t.name} ${t.doc}`.toLowerCase().includes(q));
  }, [tools, query]);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{S.tools.title}</h1>
        <p className="muted">{S.tools.lead}</p>
      </header>
      {fault && <FaultCard fault={fault} live onRetry={() => void desk.tools.reload()} />}
      {tools && tools.length > 6 && (
        <label className="search">
          <Icon name="search" size={14} />
          <input
            type="search"
            className="field"
            aria-label={S.tools.filter}
            placeholder={S.tools.filter}
            value={query}
            onChange={(e) => setQuery(e.target.value)}
          />
        </label>
      )}
      {tools?.length === 0 && <Empty title={S.tools.none} text={S.tools.noneText} />}
      {tools && tools.length > 0 && found.length === 0 && <p className="muted">{S.tools.noMatch}</p>}
      <div className="stack">
        {found.map((t) => (
          <ToolCard
            key={t.name}
            tool={t}
            users={agents.filter((a) => a.tools?.includes(t.name))}
            open={t.name === name}
          />
        ))}
      </div>
    </div>
  );
}

export function signature(t: ToolSpec): string {
  const params = (t.params ?? []).map((p) => `${p.name}: ${p.type}${p.required ? '' : ` = ${python(p.default)}`}`);
  return `${t.name}(${params.join(', ')}) -> ${t.return || 'None'}`;
}

/** A JSON default as Python writes it. */
function python(v: unknown): string {
  if (v === undefined || v === null) return 'None';
  if (typeof v === 'boolean') return v ? 'True' : 'False';
  return JSON.stringify(v);
}

function ToolCard({ tool, users, open }: { tool: ToolSpec; users: Agent[]; open: boolean }) {
  const [first = '', ...rest] = tool.doc.split('\n');
  const more = rest.join('\n').trim();
  return (
    <details className="card tool-card" open={open}>
      <summary>
        <Icon name="tool" size={15} className="t-tool" />
        <span className="grow">
          <b className="mono tool-name">{tool.name}</b>
          <span className="soft tool-doc">{first}</span>
        </span>
        <Icon name="chevron" size={14} className="muted fold-mark" />
      </summary>
      <div className="tool-card-body">
        <pre className="signature">
          <Tokens line={highlightLine(signature(tool))} />
        </pre>
        {more && <p className="pre-wrap soft">{more}</p>}
        <Params tool={tool} />
        {users.length > 0 && (
          <p className="row wrap soft">
            {S.tools.usedBy}
            {users.map((a) => (
              <a key={a.name} className="chip" href={format(paths.agents(a.name))}>
                {a.name}
              </a>
            ))}
          </p>
        )}
        <details>
          <summary className="muted">{S.tools.schema}</summary>
          <pre className="raw">{JSON.stringify({ in: tool.in, out: tool.out }, null, 2)}</pre>
        </details>
      </div>
    </details>
  );
}

function Params({ tool }: { tool: ToolSpec }) {
  const params = tool.params ?? [];
  if (params.length === 0) return <p className="muted">{S.tools.noParams}</p>;
  return (
    <dl className="params">
      {params.map((p) => (
        <div key={p.name}>
          <dt>
            <code>{p.name}</code> <span className="muted mono">{p.type}</span>
          </dt>
          <dd>
            {p.doc}{' '}
            <span className="muted">
              {p.required ? `(${S.tools.required})` : `(${S.tools.default} ${python(p.default)})`}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
