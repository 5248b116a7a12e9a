export function Models(_: { name?: string }) { return null; }
