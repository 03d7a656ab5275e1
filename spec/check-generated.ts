/** `npm run spec:check-generated`: exit code 1 when openapi.yaml is stale. */
import { generatedIsCurrent } from './generated.ts';

if (!(await generatedIsCurrent())) {
  process.stderr.write(
    'spec/openapi.yaml is not what facts.json and overlay.yaml give: npm run spec:generate.\n',
  );
  process.exitCode = 1;
}
