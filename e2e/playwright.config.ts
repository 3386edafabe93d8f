import { defineConfig } from '@playwright/test'

// The pages in a real browser, against real servers that the tests start:
// bin/rollcall and node_modules must be built, scripts/with-databases must name
// PostgreSQL and MariaDB, and scripts/with-keycloak a Keycloak. `make test-e2e`
// sees to all of it.
export default defineConfig({
  testDir: '.',
  globalTeardown: './support/stop-demo.ts',
  outputDir: '../build/e2e/results',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  retries: 0,
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: '../build/e2e/report.json' }]],
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    },
  },
  projects: [
    { name: 'demo-server', testMatch: 'demo/server.setup.ts' },
    { name: 'demo', testMatch: 'demo/*.spec.ts', dependencies: ['demo-server'] },
    { name: 'acts', testMatch: 'acts/*.spec.ts' }, // a demo of its own, which they change
    // Pictures are no tests: npm run shots asks for them.
    ...(process.env.SHOTS ? [{ name: 'shots', testMatch: 'shots.ts', dependencies: ['demo-server'] }] : []),
    { name: 'sqlite', testMatch: 'serve/*.spec.ts', metadata: { database: 'sqlite' } },
    { name: 'postgres', testMatch: 'serve/spine.spec.ts', metadata: { database: 'postgres' } },
    { name: 'mariadb', testMatch: 'serve/spine.spec.ts', metadata: { database: 'mariadb' } },
  ],
})
