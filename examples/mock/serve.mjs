/** Serves the mock on the loopback address, on $PORT or a free port, and prints its URL. */
import { mock } from './mock.mjs';

const server = mock().listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
