/** `npm run spec:check-generated`: exit code 1 if the openapi.yaml of a shipped edition is stale. */
import { staleEditions } from './openapi.ts';

for (const name of await staleEditions()) {
  process.stderr.write(
    `spec/editions/${name}/openapi.yaml is stale: run npm run spec:generate -- --edition ${name} --docs PAGE…\n`,
  );
  process.exitCode = 1;
}
