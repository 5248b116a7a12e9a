import { describe, expect, it } from 'vitest';
import { Fault, toFault } from './fault';

const data = {
  code: 'model_unreachable',
  message: 'Ollama does not answer',
  why: 'connection refused',
  do: 'Start it.',
};

describe('whatever a call rejects with becomes a fault', () => {
  it.each([
    ['the object of the error formatter', data],
    ['an Error with that object as JSON', new Error(JSON.stringify(data))],
    ['the JSON as a string', JSON.stringify(data)],
    ['JSON inside a message', { message: JSON.stringify(data) }],
  ])('%s', (_, thrown) => {
    const f = toFault(thrown);
    expect(f).toBeInstanceOf(Fault);
    expect(f.data).toEqual(data);
  });

  it('keeps plain texts as what happened', () => {
    expect(toFault('boom').data).toMatchObject({ code: 'internal', message: 'boom' });
    expect(toFault(new TypeError('x is undefined')).what).toBe('x is undefined');
  });

  it.each([
    undefined,
    null,
    42,
    {},
    '',
    new Error(''),
    '{ not json',
    [],
    { code: 'x' },
  ])('says something for %j', (thrown) => {
    expect(toFault(thrown).what).not.toBe('');
  });

  it('gives a fault back unchanged, and fills what is missing', () => {
    const f = new Fault('denied', 'No');
    expect(toFault(f)).toBe(f);
    expect(toFault({ code: 'denied', message: 'No', why: 7 }).data).toEqual({
      code: 'denied',
      message: 'No',
      why: '',
      do: '',
    });
  });
});
