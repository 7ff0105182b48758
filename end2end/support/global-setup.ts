import { debugBinary, passwords, sessionCookie, startServer } from './server.mjs';

/** Starts the server, signs each role in once, and hands both to the tests through the environment. */
export default async function globalSetup() {
  const server = await startServer(debugBinary);
  process.env.E2E_URL = server.url;
  process.env.E2E_DATABASE = server.database;
  process.env.E2E_FOLDER = server.folder;
  for (const [role, password] of Object.entries(passwords)) {
    const { name, value } = await sessionCookie(server.url, role, password);
    process.env[`E2E_COOKIE_${role.toUpperCase()}`] = `${name}=${value}`;
  }
  return server.stop;
}
