import type { ReactNode } from 'react';

/** An empty state says what to do next. */
export function Empty({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p className="soft">{text}</p>
      {children && <div className="row wrap">{children}</div>}
    </div>
  );
}
