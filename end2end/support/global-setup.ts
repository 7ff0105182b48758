import { debugBinary, passwords, sessionCookie, startServer } from './server.mjs';

/** Starts the server, signs each role in once, asks for the reports, and hands all of it to the tests through the environment. */
export default async function globalSetup() {
  const server = await startServer(debugBinary);
  process.env.E2E_URL = server.url;
  process.env.E2E_DATABASE = server.database;
  process.env.E2E_FOLDER = server.folder;
  for (const [role, password] of Object.entries(passwords)) {
    const { name, value } = await sessionCookie(server.url, role, password);
    process.env[`E2E_COOKIE_${role.toUpperCase()}`] = `${name}=${value}`;
  }
  // Test files are read after this: there are tests for each of them.
  const described = await fetch(`${server.url}/api/v1/reports`, { headers: { Cookie: `${process.env.E2E_COOKIE_MANAGER}` } });
  process.env.E2E_REPORTS = await described.text();
  return server.stop;
}
