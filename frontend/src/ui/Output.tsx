import { memo, useMemo, useState } from 'react';
import { S } from '../strings';
import { plainOutput } from './format';

const head = 30;
const tail = 10;
const slack = 12;

interface Props {
  text: string;
  label: string;
  tone?: 'bad';
}

/** What code printed. Long output shows its beginning and its end: the end often holds the result. */
export const Output = memo(function Output({ text, label, tone }: Props) {
  const [all, setAll] = useState(false);
  const lines = useMemo(() => plainOutput(text).replace(/\n+$/, '').split('\n'), [text]);
  const long = lines.length > head + tail + slack;
  const cut = long && !all;
  return (
    <div className={`output ${tone ?? ''}`} role="group" aria-label={label}>
      <pre tabIndex={0}>{cut ? lines.slice(0, head).join('\n') : lines.join('\n')}</pre>
      {long && (
        <button type="button" className="show-all" onClick={() => setAll(!all)}>
          {all ? S.common.showLess : S.common.showAll(lines.length)}
        </button>
      )}
      {cut && <pre tabIndex={0}>{lines.slice(-tail).join('\n')}</pre>}
    </div>
  );
});
