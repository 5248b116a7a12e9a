import { describe, expect, it } from 'vitest';
import { format, parse, type Route } from './route';

describe('addresses', () => {
  it.each<[string, Route]>([
    ['#/new', { view: 'new', agent: '', task: '', model: '' }],
    ['#/runs?q=a+b&status=failed', { view: 'runs', q: 'a b', status: 'failed', tag: '' }],
    ['#/run/01J?step=3', { view: 'run', id: '01J', step: 3 }],
    ['#/agents?name=My+agent', { view: 'agents', name: 'My agent', form: '' }],
    ['#/agents?name=A&form=edit', { view: 'agents', name: 'A', form: 'edit' }],
    ['#/tools', { view: 'tools', name: '' }],
    ['#/imports', { view: 'imports' }],
    ['#/models', { view: 'models' }],
    ['#/settings', { view: 'settings' }],
  ])('%s there and back', (hash, route) => {
    expect(parse(hash)).toEqual(route);
    expect(format(route)).toBe(hash);
  });

  it.each(['', '#', '#/', '#/nonsense', '#nothing/at/all?x'])('%j is the start', (hash) => {
    expect(parse(hash).view).toBe('new');
  });

  it('survives bad input', () => {
    expect(parse('#/run/%E0%A4%A?step=-4')).toEqual({ view: 'run', id: '%E0%A4%A', step: 0 });
    expect(parse('#/run').view).toBe('runs');
  });
});
