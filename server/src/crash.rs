//! Places where a test has the process die, as a power cut would have it: between any two durable steps.

/// Dies here, without a word, when the environment's `CRASH_AT` names this place; in debug builds only.
pub fn point(name: &str) {
    #[cfg(debug_assertions)]
    {
        use std::sync::LazyLock;
        static AT: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("CRASH_AT").ok());
        if AT.as_deref() == Some(name) {
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
            // The signal may take a moment; nothing else must happen in it.
            loop {
                std::thread::park();
            }
        }
    }
    #[cfg(not(debug_assertions))]
    let _ = name;
}
