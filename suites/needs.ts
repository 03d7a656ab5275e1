/** What rows of several suites need. */

/** A row that tries another combination, where tasks cost nothing and no account is locked. */
export const onMocks = { needs: ['many tasks'], sharpens: true } as const;

/** A row that tries several combinations on one task, where tasks move by themselves and each costs time. */
export const movingOn = { needs: ['moves by itself'], sharpens: true } as const;

/** Where tasks can't be aged: TTLs of some seconds are really waited out. */
export const waiting = { by: 'waiting', needs: ['no ageing'] } as const;
