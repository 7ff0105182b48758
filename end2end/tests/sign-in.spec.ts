import type { Page } from '@playwright/test';
import { debugBinary, passwords, startServer } from '../support/server.mjs';
import { type Role, expect, run, test } from '../support/test';

test.use({ role: 'nobody' });

const people: [Role, string][] = [
  ['manager', 'Marina Duarte'],
  ['auditor', 'Andrés Molina'],
  ['admin', 'Alice Moreau'],
];

async function signIn(page: Page, username: string, password: string) {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Adds a user that only this test signs in as. */
function somebody(name: string, role: Role = 'auditor') {
  const username = `${name}-${test.info().repeatEachIndex}`;
  const password = 'violet harbor 2026';
  run(['user', 'add', username, '--role', role, '--name', 'Somebody Else', '--password-stdin'], `${password}\n`);
  return { username, password };
}

for (const [role, name] of people) {
  test(`${role} signs in and sees name and role`, async ({ page }) => {
    await page.goto('/');
    await signIn(page, role, passwords[role]);
    await expect(page.getByRole('heading', { level: 1, name: 'Password operation' })).toBeVisible();
    await page.getByRole('button', { name: `User menu of ${name}` }).click();
    await expect(page.getByText(new RegExp(`^${role}, ${role}$`, 'i'))).toBeVisible();
    await page.getByRole('link', { name: 'Account and password' }).click();
    await expect(page.getByRole('definition')).toHaveCount(3);
    const facts = await page.getByRole('definition').allInnerTexts();
    expect(facts.map((fact) => fact.toLowerCase())).toEqual([name.toLowerCase(), role, role]);
  });
}

test('a wrong password and a name that nobody has are told in the same words', async ({ page, provoked }) => {
  provoked.push(/status of 401/);
  const { username: known } = somebody('wrong-password');
  const told: string[] = [];
  await page.goto('/sign-in');
  for (const username of [known, 'nobody-has-this-name']) {
    await signIn(page, username, 'not the password');
    await expect(page.getByRole('alert')).toHaveText(/password is wrong/);
    await expect(page.getByLabel('Password')).toBeFocused();
    await expect(page.getByLabel('Password')).toHaveValue('');
    told.push(await page.getByRole('alert').innerText());
    await page.reload();
  }
  expect(told[0]).toBe(told[1]);
  expect(told[0]).toBe('User name or password is wrong.');
});

test('empty fields are asked for without asking the server', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText('Enter your username and your password.');
  expect(asked.filter((url) => url.includes('/fn/sign_in'))).toEqual([]);
});

test('signing out ends the session, for the back button as well', async ({ page, context }) => {
  const { username, password } = somebody('signs-out');
  await page.goto('/reports/events/password-view?zone=UTC');
  await signIn(page, username, password);
  await expect(page.getByRole('heading', { level: 1, name: 'Password view' })).toBeVisible();
  const cookies = await context.cookies();
  await page.getByRole('button', { name: 'User menu of Somebody Else' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  await expect(page.getByRole('rowheader')).toHaveCount(0);
  // The cookie is worth nothing to whoever kept a copy of it.
  await context.addCookies(cookies);
  await page.goto('/reports/events/password-view');
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
});

test('what was on the screen is gone soon after the session, in every tab and behind every page', async ({ page, context, browser, baseURL, provoked }) => {
  test.slow();
  provoked.push(/status of 401/);
  const { username, password } = somebody('signed-out-elsewhere', 'admin');
  await page.goto('/sign-in');
  await signIn(page, username, password);
  await expect(page.getByRole('rowheader').first()).toBeVisible();
  const paths = ['/reports/events/password-view?zone=UTC', '/dashboard/pam-core/behavior', '/dashboard/pam-core/credentials', '/admin/quarantine', '/account', '/admin/jobs', '/admin/backups'];
  const tabs = await Promise.all(
    paths.map(async (path) => {
      const tab = await context.newPage();
      await tab.goto(path);
      await expect(tab.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(tab.getByRole('button', { name: 'User menu of Somebody Else' })).toBeVisible();
      return tab;
    }),
  );
  const [session] = (await context.cookies()).filter((cookie) => cookie.name === 'vigia');
  const elsewhere = await browser.newContext({ baseURL });
  await elsewhere.request.delete('/api/v1/session', { headers: { Cookie: `vigia=${session?.value}` } });
  for (const tab of tabs) {
    await tab.bringToFront();
    await expect(tab.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible({ timeout: 30_000 });
    await expect(tab.getByRole('rowheader')).toHaveCount(0);
  }
  await elsewhere.close();
});

test('a link opened while signed out leads to exactly its address after signing in', async ({ page, baseURL }) => {
  const address = '/reports/events/password-view?user.contains=a%26b%20%2B%C3%A9&zone=Asia%2FTokyo&limit=100&sort=-user';
  await page.goto(address);
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  await signIn(page, 'manager', passwords.manager);
  await expect(page.getByRole('heading', { level: 1, name: 'Password view' })).toBeVisible();
  await expect(page).toHaveURL(`${baseURL}${address}`);
});

test('signing in leads to no other site', async ({ page, baseURL }) => {
  await page.goto('/sign-in?next=%2F%2Fexample.org%2F');
  await signIn(page, 'manager', passwords.manager);
  await expect(page.getByRole('heading', { level: 1, name: 'Password operation' })).toBeVisible();
  expect(new URL(page.url()).origin).toBe(baseURL);
});

test('a user changes the password, and only the new one signs in', async ({ page, browser, baseURL, provoked }) => {
  provoked.push(/status of 40[01]/);
  const { username, password } = somebody('changes-password');
  const changed = 'amber lantern 2027';
  await page.goto('/account');
  await signIn(page, username, password);

  const change = async (current: string, wanted: string, repeated: string) => {
    await page.getByLabel('Current password').fill(current);
    await page.getByLabel('New password', { exact: true }).fill(wanted);
    await page.getByLabel('New password again').fill(repeated);
    await page.getByRole('button', { name: 'Change password' }).click();
  };
  await change(password, changed, `${changed}x`);
  await expect(page.getByRole('alert')).toHaveText('The new password and its repetition differ. Type both again.');
  await change('not my password', changed, changed);
  await expect(page.getByRole('alert')).toContainText(/password/);
  await expect(page.getByRole('alert')).not.toContainText('repetition');
  await change(password, 'short', 'short');
  await expect(page.getByRole('alert')).toContainText('12');
  await change(password, changed, changed);
  await expect(page.getByRole('status').filter({ hasText: 'The password was changed.' })).toBeVisible();

  const other = await browser.newContext({ baseURL });
  const elsewhere = await other.newPage();
  await elsewhere.goto('/sign-in');
  await signIn(elsewhere, username, password);
  await expect(elsewhere.getByRole('alert')).toHaveText('User name or password is wrong.');
  await signIn(elsewhere, username, changed);
  await expect(elsewhere.getByRole('heading', { level: 1, name: 'Password operation' })).toBeVisible();
  await other.close();
});

test('whoever has the first password is led to where they choose their own', async ({ page, provoked }) => {
  test.slow();
  provoked.push(/403/);
  const server = await startServer(debugBinary, { empty: true });
  try {
    const [first] = server.said().match(/([a-z0-9]{5}-){3}[a-z0-9]{5}/) ?? [];
    await page.goto(server.url);
    await signIn(page, 'admin', first ?? '');
    await expect(page.getByRole('heading', { name: 'Change password' })).toBeVisible();
    await expect(page.getByText('Choose one of your own')).toBeVisible();
    await page.getByLabel('Current password').fill(first ?? '');
    await page.getByLabel('New password', { exact: true }).fill('violet harbor 2026');
    await page.getByLabel('New password again').fill('violet harbor 2026');
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByText('The password was changed.')).toBeVisible();
    await page.getByRole('link', { name: 'Audit tracking' }).click();
    await expect(page.getByRole('row').filter({ hasText: 'Creation' })).toBeVisible();
  } finally {
    // A page that outlived its server would say so in the console.
    await page.close();
    await server.stop();
  }
});
