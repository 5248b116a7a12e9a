export function Tools(_: { name?: string }) { return null; }
