/** The rows that most tables share. */
export const everyPhase = [
  { phase: 'queued' },
  { phase: 'running' },
  { phase: 'committing' },
  { phase: 'finished' },
  { phase: 'failed' },
] as const;
