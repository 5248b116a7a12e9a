import { useEffect, useState } from 'react';

/** Colours of the interface for what draws itself. */
export interface Theme {
  dark: boolean;
  text: string;
  soft: string;
  line: string;
  surface: string;
  font: string;
}

function read(): Theme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  return {
    dark: document.documentElement.dataset.theme === 'dark',
    text: token('--text', '#23201b'),
    soft: token('--text-2', '#5d574d'),
    line: token('--line', '#e4dfd6'),
    surface: token('--surface', '#ffffff'),
    font: token('--font', 'sans-serif'),
  };
}

/** The theme, anew when the person changes it. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(read);
  useEffect(() => {
    const watch = new MutationObserver(() => setTheme(read()));
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => watch.disconnect();
  }, []);
  return theme;
}
