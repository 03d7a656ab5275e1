/** What `init` can begin: each is a folder of `examples/`. Apart from what writes them, for `--help` needs no more. */
export const startingPoints = ['mock', 'mock-python', 'gate', 'nightly'] as const;
export type StartingPoint = (typeof startingPoints)[number];
