import { type Page, test as base, expect } from '@playwright/test';
import { debugBinary, passwords, vigia } from './server.mjs';

export type Role = keyof typeof passwords;

interface Options {
  /** Who is signed in; `nobody` for nobody. */
  role: Role | 'nobody';
}

interface Fixtures {
  /** Errors in the console that the test provokes; all others fail it. */
  provoked: RegExp[];
  strict: void;
}

/** Somebody's session, as the browser keeps it. */
export function sessionOf(role: Role) {
  const [name, value] = environment(`E2E_COOKIE_${role.toUpperCase()}`).split('=');
  const cookie = { name, value, domain: '127.0.0.1', path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Lax' as const };
  return { cookies: [cookie], origins: [] };
}

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; support/global-setup.ts does that.`);
  return value;
}

/** Runs `vigia` on the server's database. */
export function run(command: string[], input?: string): string {
  return vigia(debugBinary, environment('E2E_DATABASE'), command, input);
}

/** The server's own temporary folder. */
export const folder = () => environment('E2E_FOLDER');

/** Fails the test for whatever goes wrong in `page` without being asked for. */
export function watch(page: Page, provoked: RegExp[], wrong: string[]) {
  const note = (what: string) => {
    if (!provoked.some((pattern) => pattern.test(what))) wrong.push(what);
  };
  page.on('pageerror', (error) => note(`page error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning', 'assert'].includes(message.type())) {
      note(`${message.type()} in the console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on('dialog', (dialog) => {
    note(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
}

export const test = base.extend<Options & Fixtures>({
  role: ['auditor', { option: true }],
  baseURL: async ({}, use) => use(environment('E2E_URL')),
  storageState: async ({ role }, use) => use(role === 'nobody' ? undefined : sessionOf(role)),
  provoked: async ({}, use) => use([]),
  strict: [
    async ({ context, provoked }, use) => {
      const wrong: string[] = [];
      context.on('page', (page) => watch(page, provoked, wrong));
      await use();
      expect(wrong, 'errors in the browser that no test asked for').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
