//! Whether another machine has what is acknowledged, where one may take over.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Error;

/// Warns where one of several hosts is written to, and its commits wait for none of the others: what is acknowledged is lost with it. No error: whoever
/// minds the hosts may be about to choose the one to wait for.
pub(super) async fn look(client: &ClientWrapper, hosts: usize) -> Result<(), Error> {
    let alone: bool = client.query_one("SELECT current_setting('synchronous_standby_names') = ''", &[]).await?.try_get(0)?;
    if hosts > 1 && alone {
        tracing::warn!(
            "the database URL names several hosts, and no commit waits for a standby (synchronous_standby_names is empty): what is acknowledged now is lost \
             where another host takes over; see docs/high-availability.md"
        );
    }
    Ok(())
}
