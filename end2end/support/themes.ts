import type { Page } from '@playwright/test';

/** Nothing but colours differs between the themes, so what is measured is measured once, and what is looked at is looked at in both. */
export async function inDark<T>(page: Page, look: () => Promise<T>): Promise<T> {
  await page.emulateMedia({ colorScheme: 'dark' });
  try {
    return await look();
  } finally {
    await page.emulateMedia({ colorScheme: 'light' });
  }
}

/** A picture in each theme, for people to look at. */
export async function shots(page: Page, width: number, name: string) {
  const shot = (theme: string) => page.screenshot({ path: `test-results/screens/${width}-${theme}-${name}.png`, animations: 'disabled' });
  await shot('light');
  await inDark(page, () => shot('dark'));
}
