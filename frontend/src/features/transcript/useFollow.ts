import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

const near = 40; // pixels from the end that still count as the end

/**
 * Keeps the end in view while the content grows, until the person scrolls up; being at the end again follows again.
 * Only what a person does decides (wheel, keys, touch, the scrollbar), so that growing content never looks like a scroll.
 */
export function useFollow(box: RefObject<HTMLElement | null>, size: number, initially: boolean) {
  const [on, setOn] = useState(initially);
  const [atEnd, setAtEnd] = useState(true);
  const mine = useRef(0);
  const last = useRef(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the size is why the end moves
  useLayoutEffect(() => {
    const el = box.current;
    if (!el || !on) return;
    mine.current = performance.now();
    el.scrollTop = el.scrollHeight;
    last.current = el.scrollTop;
  }, [box, size, on]);

  const onScroll = useCallback(() => {
    const el = box.current;
    if (!el) return;
    const end = el.scrollHeight - el.scrollTop - el.clientHeight <= near;
    const up = el.scrollTop < last.current - 2;
    last.current = el.scrollTop;
    setAtEnd(end);
    if (end) {
      if (performance.now() - mine.current > 150) setOn(true);
    } else if (up && performance.now() - mine.current > 60) {
      setOn(false);
    }
  }, [box]);

  const away = useCallback(() => setOn(false), []);
  const handlers = {
    onScroll,
    onWheel: (e: React.WheelEvent) => e.deltaY < 0 && away(),
    onTouchMove: away,
    onKeyDown: (e: React.KeyboardEvent) => ['PageUp', 'ArrowUp', 'Home'].includes(e.key) && away(),
  };
  const resume = useCallback(() => {
    setOn(true);
    const el = box.current;
    if (el) el.scrollTop = el.scrollHeight;
  }, [box]);
  return { on, atEnd, handlers, resume, pause: away };
}
