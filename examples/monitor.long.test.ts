/** The monitor's recipes: read by what reads them elsewhere, and with options that the program has. */
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { githubWorkflow, newFolder, program, readExample, run } from '../harness/testing/cli/examples.ts';

const recipe = (name: string) => parse(readExample(`monitor/${name}`));

test('GitHub reads the workflow', async () => {
  expect((await githubWorkflow(readExample('monitor/github-workflow.yml'))).problems).toEqual([]);
});

test('the sidecar is a patch of a Deployment, and the service points to its port', () => {
  const patch = recipe('sidecar.yaml');
  const whole = new Deployment({
    ...patch,
    spec: {
      ...patch.spec,
      selector: { matchLabels: { app: 'mock' } },
      template: { ...patch.spec.template, metadata: { labels: { app: 'mock' } } },
    },
  });
  expect(() => whole.validate()).not.toThrow();
  const [container] = patch.spec.template.spec.containers;
  const service = parse(recipe('kustomization.yaml').patches[1].patch);
  expect(container.ports.map(({ containerPort }: { containerPort: number }) => containerPort)).toContain(
    service[0].value,
  );
});

test.each([
  { what: 'compose', args: (): string[] => recipe('compose.yaml').services.monitor.command },
  { what: 'the sidecar', args: (): string[] => recipe('sidecar.yaml').spec.template.spec.containers[0].args },
])('the options of $what exist', async ({ args }) => {
  const out = newFolder();
  const placed = args().map((word) =>
    word === '/out' ? out : word === '0.0.0.0' ? '127.0.0.1' : /^\d+$/.test(word) ? '0' : word,
  );
  const { code, out: said } = await run([process.execPath, program, ...placed, '--', 'true'], newFolder());
  expect({ code, said }).toEqual({ code: 4, said: expect.stringContaining('0 of 67 must clauses proven') });
});
