// A server with the demo in it, unless CADASTRE_URL names one that runs already.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function ready(data: string): Promise<string> {
  for (let tries = 0; tries < 600; tries += 1) {
    try {
      const { http } = JSON.parse(readFileSync(join(data, 'addresses.json'), 'utf8')) as { http: string };
      if ((await fetch(`${http}/readyz`)).ok) return http;
    } catch {
      // Not there yet.
    }
    await sleep(100);
  }
  throw new Error('the server was not ready within 60 s');
}

export default async function server(): Promise<(() => Promise<void>) | undefined> {
  process.env.CADASTRE_E2E_ANALYST ??= 'analyst:analyst-demo';
  process.env.CADASTRE_E2E_STEWARD ??= 'steward:steward-demo';
  if (process.env.CADASTRE_URL !== undefined) return undefined;
  const bin = process.env.CADASTRE_BIN;
  if (bin === undefined || !existsSync(join(bin, 'cadastred'))) throw new Error('set CADASTRE_URL, or CADASTRE_BIN to the folder of cadastred');

  const data = mkdtempSync(join(tmpdir(), 'cadastre-e2e-'));
  const daemon = spawn(join(bin, 'cadastred'), ['--data-dir', data, '--http-address', '127.0.0.1:0', '--grpc-address', '127.0.0.1:0'], { stdio: 'ignore' });
  const stop = async () => {
    daemon.kill('SIGTERM');
    if (daemon.exitCode === null) await new Promise((resolve) => daemon.once('exit', resolve));
    rmSync(data, { recursive: true, force: true });
  };
  try {
    process.env.CADASTRE_URL = await ready(data);
    const env = { ...process.env, CADASTRE_TOKEN: readFileSync(join(data, 'admin.token'), 'utf8').trim() };
    process.env.CADASTRE_E2E_ADMIN_TOKEN = env.CADASTRE_TOKEN;
    const demo = join(data, 'demo');
    // Its history ends on a fixed date, which the tests name.
    execFileSync(join(bin, 'cadastre-demo-events'), ['--out', demo], { env, stdio: 'inherit' });
    execFileSync(join(bin, 'cadastre-demo-load'), [demo], { env, stdio: 'inherit' });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
