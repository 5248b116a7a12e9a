import type { ArtefactItem, CodeItem, Item } from './view';

/** What is shown as one: an item; or code with what it called while it ran, and the files that it left behind. */
export interface Part {
  item: Item;
  /** tool calls and questions from inside the code */
  inner: readonly Item[];
  files: readonly ArtefactItem[];
}

/** Puts a step's items into the order in which a person reads them: code, what it called, what came of it, its files. */
export function arrange(items: readonly Item[]): Part[] {
  const parts: Part[] = [];
  let code: { part: { item: CodeItem; inner: Item[]; files: ArtefactItem[] }; spans: Set<number> } | undefined;
  for (const item of items) {
    if (item.kind === 'code') {
      const part = { item, inner: [], files: [] };
      code = { part, spans: new Set([item.seq]) };
      parts.push(part);
    } else if (code && item.kind === 'artefact' && (!item.body.whole || item.span === code.part.item.seq)) {
      code.part.files.push(item);
    } else if (code?.spans.has(item.span)) {
      code.spans.add(item.seq);
      code.part.inner.push(item);
    } else {
      parts.push({ item, inner: [], files: [] });
    }
  }
  return parts;
}
