/** Where the configuration is looked for when nobody names a file: in the working folder alone, so that none counts from afar. */
export const configNames = ['yaml', 'yml', 'ts', 'js'].map((ending) => `crdb-conformance.config.${ending}`);
