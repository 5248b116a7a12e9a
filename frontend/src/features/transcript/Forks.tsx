import { useEffect, useState } from 'react';
import { format, paths } from '../../app/route';
import type { RunHit } from '../../bridge/api.gen';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { Icon } from '../../ui/Icon';

/** The runs that go on from a step of this one. */
export function Forks({ run }: { run: string }) {
  const { api } = useHost();
  const [forks, setForks] = useState<readonly RunHit[]>([]);
  useEffect(() => {
    let gone = false;
    api.Runs({ parent: run, limit: 20 }).then(
      (page) => !gone && setForks(page.runs ?? []),
      () => {}, // the run itself says what is wrong
    );
    return () => {
      gone = true;
    };
  }, [api, run]);
  if (forks.length === 0) return null;
  return (
    <nav className="row wrap forks soft" aria-label={S.runs.forks}>
      <Icon name="fork" size={13} /> {S.runs.forks}
      {forks.map((f) => (
        <a key={f.id} className="chip tiny" href={format(paths.run(f.id))}>
          {S.runs.forkAt(f.parent_step ?? 0)} · <span className="clip">{f.title}</span>
        </a>
      ))}
    </nav>
  );
}
