export function Settings(_: { name?: string }) { return null; }
