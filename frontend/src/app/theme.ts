export type Theme = 'system' | 'light' | 'dark';

const remembered = 'sandglass.theme';

/** Paints before the settings have arrived: the last theme is remembered, so that a start does not flash. */
export function startTheme(): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)');
  const onChange = () => paint(read());
  media.addEventListener('change', onChange);
  paint(read());
  return () => media.removeEventListener('change', onChange);
}

export function setTheme(theme: string) {
  const t: Theme = theme === 'light' || theme === 'dark' ? theme : 'system';
  try {
    localStorage.setItem(remembered, t);
  } catch {
    // A browser without storage asks the system every time.
  }
  paint(t);
}

function read(): Theme {
  try {
    const t = localStorage.getItem(remembered);
    return t === 'light' || t === 'dark' ? t : 'system';
  } catch {
    return 'system';
  }
}

function paint(t: Theme) {
  const dark = t === 'dark' || (t === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}
