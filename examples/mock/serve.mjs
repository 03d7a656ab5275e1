/** Serves the mock on this machine alone, on $PORT or a free one, and says where. */
import { mock } from './mock.mjs';

const server = mock().listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
