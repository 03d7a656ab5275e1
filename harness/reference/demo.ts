/** For people who try the reference cluster by hand: some tasks, and cURL commands. */
import type { Reference } from './reference.ts';
import type { NewTask } from './tasks.ts';

/** One task in each phase that stays there, and some that move by themselves. */
export const demoTasks: readonly NewTask[] = [
  { id: 'queued-1', phase: 'queued' },
  { id: 'running-1', phase: 'running' },
  { id: 'committing-1', phase: 'committing' },
  { id: 'finished-1', phase: 'finished' },
  { id: 'failed-1', phase: 'failed' },
  { id: 'stubborn-1', phase: 'running', cancelFails: true },
  {
    id: 'moving-1',
    phase: 'queued',
    resultTtlS: 60,
    schedule: [
      { phase: 'running', afterMs: 20_000 },
      { phase: 'committing', afterMs: 40_000 },
      { phase: 'finished', afterMs: 60_000 },
    ],
  },
  {
    id: 'moving-2',
    phase: 'running',
    schedule: [{ phase: 'failed', afterMs: 30_000 }],
  },
];

/** cURL lines for a cluster with the demo's tasks. They show its password, which is public. */
export function curlLines({ url, user, password }: Pick<Reference, 'url' | 'user' | 'password'>): string[] {
  const insecure = url.startsWith('https:') ? ' -k' : '';
  const curl = `curl -s${insecure} -u '${user}:${password}'`;
  const tasks = `${url}/v1/crdb_tasks`;
  return [
    `${curl} ${tasks}`,
    `${curl} ${tasks}/running-1`,
    `${curl} '${tasks}/moving-1?verbose=true'`,
    `${curl} -H 'X-Result-TTL: 60' ${tasks}/finished-1`,
    `${curl} -X POST ${tasks}/running-1/actions/cancel`,
    `${curl} -i -X POST ${tasks}/committing-1/actions/cancel`,
    `${curl} -X POST '${tasks}/committing-1/actions/cancel?force=true'`,
    `${curl} -i -X POST ${tasks}/stubborn-1/actions/cancel`,
    `${curl} -X POST -d '{"phase":"running","id":"mine"}' ${url}/_control/v1/tasks`,
    `${curl} -X POST -d '{"phase":"finished"}' ${url}/_control/v1/tasks/mine/phase`,
    `${curl} -X POST -d '{"seconds":499}' ${url}/_control/v1/tasks/mine/age`,
  ];
}

/** cURL lines for a fresh cluster whose tasks are made by `/v1/crdbs`. */
export function databaseLines({
  url,
  user,
  password,
}: Pick<Reference, 'url' | 'user' | 'password'>): string[] {
  const curl = `curl -s${url.startsWith('https:') ? ' -k' : ''} -u '${user}:${password}'`;
  const credentials = { username: user, password };
  const cluster = { name: 'cluster1.local', url: 'https://cluster1.local:9443', credentials };
  const database = {
    name: 'mine',
    default_db_config: { memory_size: 104_857_600 },
    instances: [{ cluster }],
  };
  return [
    `${curl} -X POST -H 'X-Task-ID: task-1' -d '${JSON.stringify(database)}' ${url}/v1/crdbs`,
    `${curl} '${url}/v1/crdb_tasks/task-1?verbose=true'`,
    `${curl} ${url}/v1/crdbs`,
    `${curl} ${url}/v1/bootstrap`,
  ];
}

/** cURL lines for a node that must be bootstrapped first: the bootstrap sets the login. */
export function bareNodeLines({ url }: Pick<Reference, 'url'>): string[] {
  const curl = `curl -s${url.startsWith('https:') ? ' -k' : ''}`;
  const wanted = {
    action: 'create_cluster',
    cluster: { name: 'mine.local' },
    credentials: { username: 'me@mine.local', password: 'a-password' },
  };
  return [
    `${curl} ${url}/v1/bootstrap`,
    `${curl} -X POST -d '${JSON.stringify(wanted)}' ${url}/v1/bootstrap/create_cluster`,
    `${curl} -u me@mine.local:a-password ${url}/v1/bootstrap`,
    `${curl} -u me@mine.local:a-password ${url}/v1/crdbs`,
  ];
}
