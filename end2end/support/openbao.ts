/** One exchange of an audit log as OpenBao writes it: a secret was read from a key-value engine. */
export interface Reading {
  id: string;
  /** The name the reader signed in with. */
  user: string;
  /** Path of the secret: the device, then the account. */
  path: string;
  /** Why it was refused; left out when it was not. */
  error?: string;
}

/** The two lines of each exchange, a long time ago: imported rows do not come between those that other tests look at. */
export function auditLog(readings: Reading[]): string {
  const time = new Date(Date.now() - 400 * 24 * 3600 * 1000).toISOString();
  return readings
    .flatMap(({ id, user, path, error }) => {
      const auth = { display_name: `userpass-${user}`, policies: ['default'], metadata: { username: user }, policy_results: { allowed: !error } };
      const mount = { mount_point: 'secret/', mount_type: 'kv' };
      const request = { id, operation: 'read', path: `secret/data/${path}`, ...mount, namespace: { id: 'root' }, remote_address: '192.0.2.44' };
      const response = { ...mount, data: error ? { error: 'hmac-sha256:00aa' } : { data: { password: 'hmac-sha256:00aa' } } };
      return [
        { time, type: 'request', auth, request },
        { time, type: 'response', auth, request, response, ...(error && { error }) },
      ];
    })
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}
