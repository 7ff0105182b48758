//! What this process is called where several are.

/// Host and process, for people: `pam-2 4711`.
pub fn process_name() -> String {
    format!("{} {}", rustix::system::uname().nodename().to_string_lossy(), std::process::id())
}
