import { plural } from './plural';

/** Of the list of runs, and of what goes on from what. */
export const runs = {
  title: 'Runs',
  search: 'Search tasks, code, output and answers',
  allStatus: 'Any status',
  status: 'Status',
  tags: 'Tags',
  allTags: 'Any tag',
  found: (n: number) => plural(n, 'run'),
  none: 'No runs yet',
  noneText: 'Give an agent its first task, or try one of the samples.',
  noResults: 'No run matches',
  noResultsText: 'Search looks into tasks, thoughts, code, output and answers. Try fewer words or another status.',
  clear: 'Clear search',
  more: 'Load older runs',
  addTag: 'Add tag',
  removeTag: (t: string) => `Remove tag ${t}`,
  tagName: 'Tag',
  forked: (step: number) => (step > 0 ? `from step ${step}` : 'begun anew'),
  forkOf: (step: number, title: string) => {
    const what = title ? `“${title}”` : 'a run that is not here any more';
    return step > 0 ? `Goes on from step ${step} of ${what}` : `Begins anew from ${what}`;
  },
  toParent: (step: number, title: string) => `To the run that it goes on from: “${title}”, step ${step}`,
  forks: 'Others go on from here:',
  forkAt: (step: number) => (step > 0 ? `step ${step}` : 'the beginning'),
};
