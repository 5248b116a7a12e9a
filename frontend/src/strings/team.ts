import { plural } from './plural';

/** Agents that call other agents: in the form, in the transcript and in the outline. */
export const team = {
  title: 'Team',
  help: 'Agents that it can give tasks to, by calling them as functions or tools. Each works with its own model, tools and sandbox; it knows only what it is given, and hands back its answer. Their descriptions tell this agent what they are good for.',
  memory: 'remembers earlier calls',
  memoryHelp:
    'Within one run, it goes on where it was when it is called again: with its messages, variables and files. Otherwise each call begins anew.',
  missing: 'not here: take it off, or import it',
  none: 'There is no other agent yet.',
  calledAs: 'called as',
  task: 'Task from its manager',
  steps: (n: number) => `${plural(n, 'step')} of the team`,
  members: (n: number) => plural(n, 'agent'),
  called: (name: string) => `${name}, an agent of the team`,
  goesOn: 'goes on from an earlier call',
  step: (name: string, n: number) => `${name}, step ${n}`,
  asks: (name: string) => `${name} asks you`,
  for: (name: string) => `for ${name}, an agent of the team`,
  back: 'Back to the run’s own step',
  unfold: (name: string) => `Steps of ${name}`,
};
