//! A program in a process group of its own, with limits on time and output.

use crate::operations::setup::kind;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

/// Most bytes of standard output, and of standard error.
pub const MOST: usize = 1024 * 1024;
/// Between being asked to end (SIGTERM) and being ended (SIGKILL); also how long output is waited for that nobody may write any more.
pub const GRACE: Duration = Duration::from_secs(5);

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Code(i32),
    Signal(i32),
    /// It took longer than this.
    Late(Duration),
    /// It printed more than [`MOST`] bytes.
    TooMuch,
}

#[derive(Debug)]
pub struct Ran {
    pub ended: Ended,
    pub output: Vec<u8>,
    pub errors: Vec<u8>,
}

/// A process group, ended when this is dropped: whatever becomes of the attempt, nothing of it goes on.
struct Group(Option<Pid>);

impl Group {
    fn signal(&self, signal: Signal) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// Runs the program. What it has started is ended with it.
///
/// # Errors
/// When it cannot be started.
pub async fn run(settings: &kind::Command, input: String, limit: Duration) -> io::Result<Ran> {
    let (program, arguments) = settings.command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(&settings.env).process_group(0).kill_on_drop(true);
    command.current_dir(settings.folder.as_deref().unwrap_or("/".as_ref()));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
    let too_much = Arc::new(Notify::new());
    let mut stdin = child.stdin.take();
    // A program that does not read its input has nothing to miss.
    let _feed = AbortOnDropHandle::new(tokio::spawn(async move {
        if let Some(stdin) = &mut stdin {
            let _ = stdin.write_all(input.as_bytes()).await;
        }
    }));
    let output = Pipe::read(child.stdout.take(), &too_much);
    let errors = Pipe::read(child.stderr.take(), &too_much);
    let ended = tokio::select! {
        status = child.wait() => of(status?),
        () = too_much.notified() => {
            stop(&mut child, &group, Duration::ZERO).await?;
            Ended::TooMuch
        }
        () = sleep(limit) => {
            stop(&mut child, &group, GRACE).await?;
            Ended::Late(limit)
        }
    };
    group.signal(Signal::KILL);
    let (output, errors) = tokio::join!(output.end(), errors.end());
    let flooded = output.len().max(errors.len()) > MOST;
    Ok(Ran { ended: if flooded { Ended::TooMuch } else { ended }, output, errors })
}

fn of(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Code(code),
        (None, signal) => Ended::Signal(signal.unwrap_or_default()),
    }
}

/// Asks the group to end, and after a while ends it.
async fn stop(child: &mut Child, group: &Group, patience: Duration) -> io::Result<()> {
    if !patience.is_zero() {
        group.signal(Signal::TERM);
        if timeout(patience, child.wait()).await.is_ok() {
            return Ok(());
        }
    }
    group.signal(Signal::KILL);
    child.wait().await.map(|_| ())
}

/// What a program prints, as far as it is kept: up to one byte more than [`MOST`].
struct Pipe {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: AbortOnDropHandle<()>,
}

impl Pipe {
    fn read(pipe: Option<impl AsyncRead + Unpin + Send + 'static>, too_much: &Arc<Notify>) -> Self {
        let bytes: Arc<Mutex<Vec<u8>>> = Arc::default();
        let (kept, too_much) = (bytes.clone(), too_much.clone());
        let reader = tokio::spawn(async move {
            let Some(mut pipe) = pipe else { return };
            let mut piece = vec![0; 16 * 1024];
            while let Ok(read @ 1..) = pipe.read(&mut piece).await {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let room = MOST + 1 - kept.len();
                kept.extend_from_slice(&piece[..read.min(room)]);
                if kept.len() > MOST {
                    too_much.notify_one();
                    return;
                }
            }
        });
        Self { bytes, reader: AbortOnDropHandle::new(reader) }
    }

    /// What was printed. A process that left the group may hold the pipe open; it is not waited for.
    async fn end(self) -> Vec<u8> {
        let _ = timeout(GRACE, self.reader).await;
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
