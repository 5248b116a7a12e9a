import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/styles/tokens.css', 'utf8');
const [light = '', dark = ''] = css.split(':root[data-theme="dark"]');
const read = (text: string) =>
  Object.fromEntries([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]])) as Record<
    string,
    string
  >;

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [x = 0, y = 0] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

const surfaces = ['bg', 'surface', 'surface-2', 'sunken'];
const texts = ['text', 'text-2', 'text-3', 'accent', 'ok', 'bad', 'warn', 'info', 'k', 's', 'n', 'c', 'f'];
const soft = ['accent', 'ok', 'bad', 'warn', 'info'];

describe.each([
  ['light', read(light)],
  ['dark', { ...read(light), ...read(dark) }],
])('%s colours', (_, t) => {
  it('can be read on every surface', () => {
    const bad = texts
      .flatMap((a) => surfaces.map((b) => [a, b, contrast(t[a] ?? '', t[b] ?? '')] as const))
      .filter((x) => !(x[2] >= 4.5));
    expect(bad).toEqual([]);
  });

  it('can be read on their soft ground, with the quiet text beside them', () => {
    const pairs = soft.flatMap((s) =>
      [s, 'text', 'text-2'].map((a) => [a, s, contrast(t[a] ?? '', t[`${s}-soft`] ?? '')] as const),
    );
    expect(pairs.filter((x) => !(x[2] >= 4.5))).toEqual([]);
    expect(contrast(t['text-3'] ?? '', t['accent-soft'] ?? '')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(t['on-accent'] ?? '', t.accent ?? '')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(t.text ?? '', t.mark ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  it('show the edges of fields and the focus', () => {
    expect(contrast(t['control-line'] ?? '', t.surface ?? '')).toBeGreaterThanOrEqual(3);
    for (const s of surfaces) expect(contrast(t['accent-bar'] ?? '', t[s] ?? '')).toBeGreaterThanOrEqual(3);
  });
});
