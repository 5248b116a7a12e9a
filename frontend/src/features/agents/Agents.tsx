export function Agents(_: { name?: string }) { return null; }
