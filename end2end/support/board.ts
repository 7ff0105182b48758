import type { Page } from '@playwright/test';
import { expect } from './test';

/** One of a dashboard's figures. */
export const figure = (page: Page, name: string) => page.locator('.figure').filter({ has: page.getByText(name, { exact: true }) });

export const count = (text: string | null) => Number((text ?? '').replaceAll(',', ''));

/** How many rows the report that is open says that it has. */
export async function rowsOfReport(page: Page): Promise<number> {
  const summary = page.locator('.table-head');
  await expect(summary.getByText(/^[\d,]+ rows?/)).toBeVisible();
  return count((await summary.innerText()).match(/([\d,]+) rows?/)?.[1] ?? '');
}
