import { type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { ArtefactSaved } from '../../bridge/api.gen';
import { Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { CopyButton } from '../../ui/CopyButton';
import { DataTable } from '../../ui/DataTable';
import { FaultCard } from '../../ui/FaultCard';
import { useOpenLink } from '../../ui/link';
import { decode, useContent } from './content';
import { describe, figureTable, isObject, isPlotly } from './spec';
import { useTheme } from './theme';

interface Drawn {
  spec?: object;
  source: string;
}

/** A figure that can be pointed at, with its data as the other way to read it. */
export function FigureView({ run, file }: { run: string; file: ArtefactSaved }) {
  const { base64, fault } = useContent(run, file);
  const [asTable, setAsTable] = useState(false);
  const figure = useMemo((): Drawn | undefined => {
    if (base64 === undefined) return undefined;
    const source = decode(base64);
    try {
      const spec: unknown = JSON.parse(source);
      return { spec: isObject(spec) ? spec : undefined, source };
    } catch {
      return { source };
    }
  }, [base64]);
  const table = useMemo(() => figureTable(file.media_type, figure?.spec), [file.media_type, figure]);
  const label = describe(file.media_type, figure?.spec);
  if (fault) return <FaultCard fault={fault} />;
  if (!figure) return <div className="figure muted">{S.figure.drawing}</div>;
  if (!figure.spec) return <FaultCard fault={new Fault('invalid_input', S.figure.failed, '', S.figure.failedDo)} />;
  return (
    <div className="stack">
      {asTable && table ? (
        <DataTable table={table} label={label} />
      ) : (
        <Drawing spec={figure.spec} plotly={isPlotly(file.media_type)} label={label} />
      )}
      <div className="row">
        {table && (
          <button type="button" className="link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? S.figure.picture : S.figure.data}
          </button>
        )}
        <CopyButton text={figure.source} label={S.figure.copySource} />
      </div>
    </div>
  );
}

/** Both libraries fit a figure anew when the window changes, but not when a panel beside it opens: they are told. */
function onWidth(el: HTMLElement): () => void {
  let width = el.clientWidth;
  const observer = new ResizeObserver(() => {
    if (el.clientWidth === width) return;
    width = el.clientWidth;
    window.dispatchEvent(new Event('resize'));
  });
  observer.observe(el);
  return () => observer.disconnect();
}

function Drawing({ spec, plotly, label }: { spec: object; plotly: boolean; label: string }) {
  const el = useRef<HTMLDivElement>(null);
  const { web } = useHost();
  const theme = useTheme();
  const openLink = useOpenLink();
  const [drawn, setDrawn] = useState(false);
  const [fault, setFault] = useState<Fault>();
  useEffect(() => {
    const target = el.current;
    if (!target) return;
    let there = true;
    let end = () => {};
    // The libraries that draw are large: they are fetched when the first figure is met.
    const library = plotly ? import('./plotly') : import('./vega');
    library
      .then(({ draw }) => (there ? draw(target, structuredClone(spec), theme, web) : end))
      .then(
        (stop) => {
          if (there) {
            end = stop;
            setDrawn(true);
          } else stop();
        },
        (e: unknown) => {
          if (there) setFault(new Fault('invalid_input', S.figure.failed, toFault(e).message, S.figure.failedDo));
        },
      );
    const unwatch = onWidth(target);
    return () => {
      there = false;
      unwatch();
      end();
      target.replaceChildren();
    };
  }, [spec, plotly, theme, web]);

  /** Links in a figure are the agent's: they are shown before they are followed, and never open in here. */
  const onClick = (e: MouseEvent) => {
    const link = (e.target as Element).closest('a');
    if (!link) return;
    e.preventDefault();
    const url = link.getAttribute('href') ?? link.getAttribute('xlink:href') ?? '';
    if (/^https?:/.test(url)) openLink(url);
  };
  if (fault) return <FaultCard fault={fault} />;
  return (
    <div className="figure" role="figure" aria-label={label} onClickCapture={onClick}>
      {!drawn && <p className="muted">{S.figure.drawing}</p>}
      <div ref={el} className="figure-canvas" />
    </div>
  );
}
