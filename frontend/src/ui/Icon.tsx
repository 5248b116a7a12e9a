/** One small set of line icons, drawn on a 16-px grid. They are decoration: the text beside them says the same. */
const paths = {
  check: 'M3.5 8.5 6.5 11.5 12.5 4.5',
  alert: 'M8 3v6.5M8 12.5v.1',
  star: 'M8 2.5l1.7 3.5 3.8.5-2.8 2.7.7 3.8L8 11.2 4.6 13l.7-3.8L2.5 6.5 6.3 6z',
  stop: 'M4.5 4.5h7v7h-7z',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3l2 1.5',
  question: 'M5.7 6a2.3 2.3 0 1 1 3.3 2.1c-.7.4-1 .9-1 1.7M8 12.4v.1',
  copy: 'M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1z',
  chevron: 'M5 6.5 8 9.5l3-3',
  right: 'M6.5 5l3 3-3 3',
  more: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  plus: 'M8 3.5v9M3.5 8h9',
  close: 'M4 4l8 8M12 4l-8 8',
  file: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 6.5v6',
  image: 'M2.5 3h11v10h-11zM2.5 11l3-3 2.5 2.5 2-2 3.5 3M10.5 6v.1',
  download: 'M8 2.5v7M5 7l3 3 3-3M3 13h10',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5l3 3',
  edit: 'M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z',
  trash: 'M3 4.5h10M6 4.5v-2h4v2M4.5 4.5l.5 9h6l.5-9',
  retry: 'M13 8a5 5 0 1 1-1.5-3.6L13 6M13 2.5V6H9.5',
  play: 'M5 3.5v9l7-4.5z',
  panel: 'M2.5 3h11v10h-11zM10 3v10',
  down: 'M8 3v9.5M4 8.5l4 4 4-4',
  cloud: 'M4.5 12.5a3 3 0 0 1-.3-6 4 4 0 0 1 7.6.6 2.7 2.7 0 0 1-.3 5.4z',
  tool: 'M9.5 6.5 3 13M13.3 4.3a3 3 0 0 1-4 3.9 3 3 0 0 1 3.4-5.5l-1.7 1.7.6 1.4 1.5.3z',
  loop: 'M3 7a4.5 4.5 0 0 1 8.5-1.5M13 9a4.5 4.5 0 0 1-8.5 1.5M11.8 2.5v3h-3M4.2 13.5v-3h3',
  info: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 7.2v3.5M8 5.2v.1',
  link: 'M6.5 9.5l3-3M7 4.5l1-1a3 3 0 0 1 4.5 4.5l-1 1M9 11.5l-1 1a3 3 0 0 1-4.5-4.5l1-1',
  new: 'M8 3.5v9M3.5 8h9',
  runs: 'M3 4.5h10M3 8h10M3 11.5h6',
  agents: 'M4 5.5h8v7H4zM8 5.5v-3M6.5 8.5v1M9.5 8.5v1M2.5 8v2.5M13.5 8v2.5',
  tools: 'M9.5 6.5 3 13M13.3 4.3a3 3 0 0 1-4 3.9 3 3 0 0 1 3.4-5.5l-1.7 1.7.6 1.4 1.5.3z',
  imports: 'M8 2.5v7M5 6.5l3 3 3-3M3 9.5v3.5h10V9.5',
  models: 'M8 2.5l5 2.7v5.6l-5 2.7-5-2.7V5.2zM3 5.2l5 2.8 5-2.8M8 8v5.5',
  settings: 'M3 5h5M11 5h2M3 11h2M8 11h5M9.5 3.5v3M6.5 9.5v3',
  user: 'M8 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM3 13.5c.5-2.7 2.5-4 5-4s4.5 1.3 5 4',
  fork: 'M4.5 3v10M4.5 10.5c0-3 7-2 7-5M11.5 5.5v-2M2.9 3a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0-3.2 0M2.9 13a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0-3.2 0M9.9 3a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0-3.2 0',
  clip: 'M12.5 7.5 8 12a3 3 0 0 1-4.3-4.2l5-5a2 2 0 0 1 2.9 2.8L6.8 10.5a1 1 0 0 1-1.4-1.4L9.5 5',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16, className = '' }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      className={`icon ${className}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** The brand: an hourglass with a little sand in it. */
export function Hourglass({ size = 18 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="var(--accent-bar)"
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d="M6 3h12M6 21h12M7 3v3.5c0 3 5 4.5 5 5.5s-5 2.5-5 5.5V21M17 3v3.5c0 3-5 4.5-5 5.5s5 2.5 5 5.5V21" />
      <path d="M9.7 18.6h4.6L12 16.2z" fill="var(--accent-bar)" strokeWidth={1} />
    </svg>
  );
}
