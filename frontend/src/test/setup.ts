import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';
import { clearDraft } from '../features/compose/draft';

// The default of one second is too short for a machine with two busy cores.
configure({ asyncUtilTimeout: 30_000 });

/** What jsdom lacks: it has no layout, so that everything has the size that is given here. */
const rowHeight = 200;

class FakeResizeObserver implements ResizeObserver {
  constructor(private readonly fn: ResizeObserverCallback) {}
  observe(target: Element) {
    this.fn([{ target, contentRect: target.getBoundingClientRect() } as ResizeObserverEntry], this);
  }
  unobserve() {}
  disconnect() {}
}

Object.assign(globalThis, {
  ResizeObserver: FakeResizeObserver,
  matchMedia: (query: string) => ({
    matches: false,
    media: query,
    addEventListener: () => {},
    removeEventListener: () => {},
  }),
});

const isScroller = (e: Element) => e.classList.contains('transcript') || e.classList.contains('outline-scroll');
const height = (e: Element) => (isScroller(e) ? 800 : rowHeight);
for (const name of ['offsetHeight', 'clientHeight'] as const) {
  Object.defineProperty(HTMLElement.prototype, name, {
    configurable: true,
    get(this: HTMLElement) {
      return height(this);
    },
  });
}
for (const name of ['offsetWidth', 'clientWidth'] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => 800 });
}
Object.defineProperty(HTMLElement.prototype, 'scrollHeight', {
  configurable: true,
  get(this: HTMLElement) {
    const inner = this.firstElementChild;
    return isScroller(this) && inner instanceof HTMLElement ? Number.parseFloat(inner.style.height) || 0 : 0;
  },
});
HTMLElement.prototype.scrollTo = function scrollTo(this: HTMLElement, a?: number | ScrollToOptions) {
  if (typeof a === 'object') this.scrollTop = a.top ?? this.scrollTop;
  // As in a browser, later and not from inside the call.
  setTimeout(() => this.dispatchEvent(new Event('scroll')), 0);
};
HTMLElement.prototype.scrollIntoView = () => {};
HTMLElement.prototype.hasPointerCapture = () => false;
HTMLElement.prototype.setPointerCapture = () => {};
HTMLElement.prototype.releasePointerCapture = () => {};

beforeEach(() => {
  location.hash = '';
  localStorage.clear();
  clearDraft();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
});
