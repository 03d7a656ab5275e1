/** The package has no types of its own. */
declare module 'har-schema' {
  import type { AnySchema } from 'ajv';

  const schemas: Readonly<Record<string, AnySchema>>;
  export default schemas;
}
