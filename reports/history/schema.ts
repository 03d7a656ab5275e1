/** The tables of a history, as the steps that make them: a file of an older version is brought up to the newest. */

/** `crdb` in ASCII: by this number in its head, SQLite's own tools and `file` tell whose database it is. */
export const applicationId = 0x63_72_64_62;

/**
 * `PRAGMA user_version` is how many of these were taken. A step that was published is never changed.
 *
 * A verdict carries its target and its time, although its run knows them: "since when" then is a look into an index,
 * however long the history is.
 */
export const steps: readonly string[] = [
  `
  CREATE TABLE targets (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE clauses (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL UNIQUE,
    target INTEGER NOT NULL REFERENCES targets,
    started_ms INTEGER NOT NULL, -- since 1970
    duration_ms INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    headline TEXT NOT NULL,
    cut_short TEXT,
    conditions TEXT NOT NULL, -- JSON: what may explain that a verdict is another one
    conditions_hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_of_target ON runs (target, started_ms);
  CREATE TABLE verdicts (
    clause INTEGER NOT NULL REFERENCES clauses,
    target INTEGER NOT NULL REFERENCES targets,
    started_ms INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES runs,
    level TEXT NOT NULL,
    verdict TEXT NOT NULL,
    unstable INTEGER NOT NULL, -- 1: repeats of this run came to different verdicts
    took_ms INTEGER NOT NULL, -- from its first request to its last answer
    reason TEXT, -- of the first check with that verdict; not of a pass
    PRIMARY KEY (clause, target, started_ms, run)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX verdicts_of_run ON verdicts (run);
  CREATE INDEX passes ON verdicts (target, clause, started_ms, run) WHERE verdict = 'pass';
  CREATE INDEX breaks ON verdicts (target, clause, started_ms, run) WHERE verdict IN ('fail', 'warn');
  `,
  // The whole report, for its page: apart from the runs, which would be slow to look through with it.
  'CREATE TABLE reports (run INTEGER PRIMARY KEY REFERENCES runs, zstd BLOB NOT NULL) STRICT;',
];
