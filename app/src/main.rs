//! The page, as the browser starts it.

fn main() {
    vigia_app::pages::mount();
}
