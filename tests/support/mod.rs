//! What every test stands on: a fresh database, a stepped clock, a served API.

pub mod api;
mod counting;
mod people;
mod postgres;
mod staff;
mod world;

pub use counting::Counting;
pub use postgres::postgres_url;
pub use staff::tapped;
pub use world::World;

/// Runs one test body on SQLite and on PostgreSQL, each on a database of its own.
///
/// `both!(name, |world| async move { … });` makes the tests `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! both {
    ($(#[$meta:meta])* $name:ident, |$world:ident| $body:expr) => {
        mod $name {
            use super::*;

            async fn body($world: $crate::support::World) {
                $body.await
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body($crate::support::World::sqlite().await).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(world) = $crate::support::World::postgres().await else {
                    $crate::support::skipped(module_path!());
                    return;
                };
                body(world).await;
            }
        }
    };
}

/// Says that a test could not run; with `KAOQIN_REQUIRE_SERVERS=1` that is a failure.
pub fn skipped(name: &str) {
    eprintln!("SKIPPED {name}: no PostgreSQL (set KAOQIN_TEST_POSTGRES_URL)");
    assert_ne!(
        std::env::var("KAOQIN_REQUIRE_SERVERS").as_deref(),
        Ok("1"),
        "{name} needs PostgreSQL and none can be had"
    );
}
