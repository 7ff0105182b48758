import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = (profile) => join(root, 'target', profile, 'vigia');

/** The debug binary, which the tests are about; VIGIA_BIN names another. */
export const debugBinary = process.env.VIGIA_BIN ?? built('debug');

/** The release binary where it has been built, for measuring. */
export const fastestBinary = process.env.VIGIA_BIN ?? (existsSync(built('release')) ? built('release') : built('debug'));

/** Without the settings of a Vigia that somebody runs on this machine. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VIGIA_') && name !== 'DATABASE_URL'));

/** Signs in with one of these; `serve --demo` makes them. */
export const passwords = { manager: 'manager-demo-2026', auditor: 'auditor-demo-2026', admin: 'admin-demo-2026' };

/**
 * What carries operations out: a program that works for four seconds, and then says that the account is locked, where the operation
 * speaks of `locked`, and that it worked for all others. Operations of `approved` wait for an approval; those of other systems are
 * carried out by `script` when their device has a name like `srv-db-01`.
 */
function connectors(folder) {
  const script = join(folder, 'change-password');
  const lines = [
    '#!/bin/sh',
    'operation=$(cat)',
    'for step in 1 2; do echo "step $step" >&2; sleep 2; done',
    'case "$operation" in',
    `  *locked*) echo '{"result":"error","error_class":"account_locked","message":"the account is locked after 7 failed sign-ins","template":"linux","version":"3"}' ;;`,
    `  *) echo '{"result":"success","verified":"signed in with the new password","template":"linux","version":"3"}' ;;`,
    'esac',
  ];
  writeFileSync(script, `${lines.join('\n')}\n`, { mode: 0o755 });
  const file = join(folder, 'connectors.toml');
  writeFileSync(
    file,
    `[connector.script]
kind = "command"
command = ["${script}"]
env = { PATH = "/usr/bin:/bin" }
hosts = ["srv-*"]
parameters = { port = "optional" }
operations = ["Change password", "Verify password", "Reconcile password"]
attempts = 1

[connector.approved]
kind = "command"
command = ["${script}"]
env = { PATH = "/usr/bin:/bin" }
hosts = ["srv-*"]
approval = true
attempts = 1

[[route]]
match = { source = "demo", device = "srv-db-*" }
connector = "script"

[[route]]
match = { source = "leavers", device = "srv-db-*" }
connector = "script"
`,
  );
  return file;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

/**
 * A server with demo events in a fresh database, on a free port of this machine. Its operations are carried out by a script of the tests;
 * as `plain` it is what `vigia serve --demo` sets up by itself, and `connectors` is the text of another connectors file. An `empty` one has no demo:
 * `said` tells what it printed, with the first administrator's password.
 * `folder` is its own temporary folder; `stop` ends the server and removes it. `assets` is the folder of the page's files.
 */
export async function startServer(binary, { assets = join(root, 'dist'), plain = false, connectors: text, empty = false } = {}) {
  for (const needed of [binary, join(assets, 'index.html')]) {
    if (!existsSync(needed)) throw new Error(`${needed} is missing. Run \`cargo build -p vigia\` and \`scripts/build-page.sh\` first.`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'vigia-e2e-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const database = `sqlite://${join(folder, 'vigia.db')}`;
  const settings = ['--database', database, '--listen', url.slice('http://'.length), '--assets', assets, '--notify-hosts', '127.0.0.1', '--log', 'warn'];
  const file = connectors(folder);
  if (text !== undefined) writeFileSync(file, text);
  if (!plain) {
    mkdirSync(join(folder, 'copies'));
    settings.push('--connectors', file, '--backup-copies', join(folder, 'copies'));
  }
  const server = spawn(binary, ['serve', ...(empty ? [] : ['--demo']), ...settings], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (data) => (said += data));
  const ended = new Promise((resolve) => server.once('exit', resolve));
  // Should whoever started it die, the server goes, too.
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + 120_000;
  let cookie;
  const isPrepared = async () => {
    if (!(await isReady(url)) || empty) return isReady(url);
    cookie ??= await sessionCookie(url, 'admin', passwords.admin);
    return hasIndex(url, cookie);
  };
  while (!(await isPrepared())) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`${binary} did not become ready. It said:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, database, folder, stop, said: () => said };
}

/** Whether the index is built: until then, rows come in the order of time only. */
async function hasIndex(url, { name, value }) {
  const metrics = await fetch(`${url}/metrics`, { headers: { Cookie: `${name}=${value}` } });
  return (await metrics.text()).includes('vigia_index_lag_seconds');
}

/** Runs `vigia` on a database, beside the server that uses it; returns what it printed, throws when it failed. */
export function vigia(binary, database, command, input = '') {
  const run = spawnSync(binary, [...command, '--database', database], { cwd: tmpdir(), env: environment, input, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`vigia ${command.join(' ')} failed:\n${run.stdout}${run.stderr}`);
  return run.stdout;
}

/** Signs in through the REST API; returns the session cookie. */
export async function sessionCookie(url, username, password) {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  const [cookie] = answer.headers.getSetCookie();
  if (!answer.ok || !cookie) throw new Error(`${username} could not sign in: ${answer.status} ${await answer.text()}`);
  const [name, value] = cookie.split(';', 1)[0].split('=');
  return { name, value };
}
