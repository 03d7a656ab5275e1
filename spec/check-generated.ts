/** `npm run spec:check-generated`: exit code 1 if openapi.yaml is not what facts.json and overlay.yaml give. */
import { generatedIsCurrent } from './openapi.ts';

if (!(await generatedIsCurrent())) {
  process.stderr.write('spec/openapi.yaml is stale: run npm run spec:generate.\n');
  process.exitCode = 1;
}
