import type { Route } from '../../app/route';
export function Runs(_: { route: Extract<Route, { view: 'runs' }> }) { return null; }
