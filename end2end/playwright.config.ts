import { defineConfig } from '@playwright/test';
import { chromiumArguments, chromiumPath } from './support/chromium.mjs';

/** The page in Chromium, against a server that `support/global-setup.ts` starts with a database of its own. */
export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results/traces',
  globalSetup: './support/global-setup.ts',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // A bound against hanging, not a measure of speed: axe looks at a dozen states in one test.
  timeout: 180_000,
  maxFailures: 12,
  expect: { timeout: 7_000 },
  reporter: [['list'], ['html', { outputFolder: 'report', open: 'never' }]],
  use: {
    launchOptions: { executablePath: chromiumPath, args: chromiumArguments },
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'America/Sao_Paulo',
    // What fades in is drawn sixty times a second, by the processor: a third of what a run took.
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 7_000,
    // Watching every step makes it slower: `make e2e` runs what failed once more, with a trace.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
});
