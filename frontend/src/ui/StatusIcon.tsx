import { Icon, type IconName } from './Icon';

const looks: Record<string, [IconName, string]> = {
  running: ['play', 't-acc'],
  waiting: ['question', 't-acc'],
  finished: ['check', 't-ok'],
  max_steps: ['clock', 't-warn'],
  failed: ['alert', 't-bad'],
  stopped: ['stop', 'muted'],
  interrupted: ['alert', 't-warn'],
};

export function StatusIcon({ status, size = 15 }: { status: string; size?: number }) {
  const [name, cls] = looks[status] ?? ['info', 'muted'];
  return <Icon name={name} size={size} className={cls} />;
}

export function statusTone(status: string): string {
  return (
    { running: 'acc', waiting: 'acc', finished: 'ok', max_steps: 'warn', failed: 'bad', interrupted: 'warn' }[status] ??
    ''
  );
}
