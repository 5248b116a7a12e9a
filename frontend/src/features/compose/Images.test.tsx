import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ProviderModels } from '../../bridge/api.gen';
import { conversation } from '../../test/conversations';
import { allRuns, expectAccessible, open } from '../../test/util';
import { sightOf } from '../models/groups';
import { clearDraft } from './draft';

const models: ProviderModels[] = [
  {
    provider: { name: 'ollama', kind: 'ollama' },
    models: [
      { ref: 'ollama/eyes', name: 'eyes', capabilities: ['completion', 'vision'] },
      { ref: 'ollama/none', name: 'none', capabilities: ['completion'] },
      { ref: 'ollama/old', name: 'old' },
    ],
  },
  { provider: { name: 'mine', kind: 'openai' }, models: [{ ref: 'mine/m', name: 'm', capabilities: ['completion'] }] },
  { provider: { name: 'demo', kind: 'demo' }, models: [{ ref: 'demo/tour', name: 'Demo' }] },
];
const photo = {
  path: '/home/me/photo.png',
  name: 'photo.png',
  var: 'photo',
  size: 20_480,
  media_type: 'image/png',
  width: 640,
  height: 480,
};

describe('an image that comes with a task', () => {
  it.each([
    ['ollama/eyes', 'sees'],
    ['ollama/none', 'blind'],
    ['ollama/old', 'unknown'],
    ['mine/m', 'unknown'],
    ['other/m', 'unknown'],
    ['demo/tour', 'demo'],
    ['', 'demo'],
  ])('%s: %s', (ref, sight) => {
    expect(sightOf(models, ref)).toBe(sight);
  });

  it.each([
    ['ollama/eyes', true, [{ path: photo.path, var: 'photo', image: true }], ''],
    ['ollama/eyes', false, [{ path: photo.path, var: 'photo' }], ''],
    ['ollama/none', true, [{ path: photo.path, var: 'photo' }], /sees no images/],
    ['mine/m', true, [{ path: photo.path, var: 'photo', image: true }], /not known/],
  ])('with %s, shown: %s', async (model, shown, files, says) => {
    clearDraft();
    const { host, user } = await open(`#/new?model=${model}&task=Look`, { runs: allRuns, models });
    host.emit('drop', [photo]);
    await screen.findByText('640 × 480 · 20 kB');
    if (says) await screen.findByText(says);
    if (!shown) await user.click(screen.getByRole('checkbox', { name: 'Show photo.png to the model' }));
    await expectAccessible();
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toMatchObject({ task: 'Look', files }));
  });

  it('stands under the task as the model was shown it', async () => {
    const c = conversation('image');
    const { host } = await open(`#/run/${c.run.id}`, { runs: [c] });
    const image = await screen.findByAltText('photo.png');
    expect(image.getAttribute('src')).toMatch(/^data:image\/png;base64,/);
    expect(host.calls).toContainEqual(['Artefact', c.run.id, '5feceb66']);
    expect(screen.getByText('Shown to the model · 56 × 29')).toBeTruthy();
    await expectAccessible();
  });
});
