import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect } from './connect';

afterEach(() => vi.unstubAllGlobals());

const app = (methods: Record<string, (...a: never[]) => Promise<unknown>>) => ({
  go: { main: { App: methods as never } },
});

describe('the bridge', () => {
  it('is not there in a bare browser', () => {
    expect(connect({})).toBeUndefined();
  });

  it('calls Go with its arguments', async () => {
    const Runs = vi.fn(async () => ({ runs: [], total: 0 }));
    const host = connect(app({ Runs }));
    await expect(host?.api.Runs({ limit: 3 })).resolves.toEqual({ runs: [], total: 0 });
    expect(Runs).toHaveBeenCalledWith({ limit: 3 });
  });

  it('turns rejections into faults, and names a method that is missing', async () => {
    const host = connect(app({ Stop: vi.fn().mockRejectedValue({ code: 'internal', message: 'no' }) }));
    await expect(host?.api.Stop('r')).rejects.toMatchObject({ name: 'Fault', what: 'no' });
    await expect(host?.api.Samples()).rejects.toThrow('Samples');
  });

  it('listens to events and stops', () => {
    const off = vi.fn();
    const EventsOn = vi.fn(() => off);
    const host = connect({ ...app({}), runtime: { EventsOn } });
    host?.on('run', () => {})();
    expect(EventsOn).toHaveBeenCalledWith('run', expect.any(Function));
    expect(off).toHaveBeenCalled();
  });

  it('uploads files as multipart and reads the answer', async () => {
    const fetch = vi.fn(async () => new Response(JSON.stringify([{ name: 'a.csv' }])));
    vi.stubGlobal('fetch', fetch);
    const host = connect({ ...app({}), __sandglassWeb: true });
    expect(host?.web).toBe(true);
    await expect(host?.upload([new File(['x'], 'a.csv')])).resolves.toEqual([{ name: 'a.csv' }]);
    const [url, init] = fetch.mock.calls[0] as never as [string, { body: FormData }];
    expect(url).toBe('/upload');
    expect((init.body.get('file') as File).name).toBe('a.csv');
  });

  it.each([
    [() => Promise.resolve(new Response('{"code":"disk_full","message":"No space"}', { status: 507 })), 'No space'],
    [() => Promise.resolve(new Response('<html>')), 'could not be handed over'],
    [() => Promise.reject(new TypeError('network')), 'could not be handed over'],
  ])('says what an upload failed with', async (answer, text) => {
    vi.stubGlobal('fetch', vi.fn(answer));
    await expect(connect(app({}))?.upload([])).rejects.toThrow(text);
  });

  it('escapes artefact addresses', () => {
    expect(connect(app({}))?.artefactURL('01A', 'out dir/a?b.png')).toBe('/artefact/01A/out%20dir/a%3Fb.png');
  });
});
