//! Somebody comes under a shared object in one transaction, the object changes in another, a drain runs between
//! the two commits: whoever commits first, nobody is forgotten.

use std::sync::Arc;

use kaoqin::base::Dialect;
use kaoqin::base::failpoint::{Hooks, Sabotage, Step, Stop, with_hooks};
use kaoqin::precompute;
use kaoqin::rules::RuleKind;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::marks::{Office, office};
use crate::support::World;

/// Holds a task at one step until it is let go.
struct Gate {
    step: Step,
    reached: Semaphore,
    open: Semaphore,
    sabotage: Option<Sabotage>,
}

impl Gate {
    fn at(step: Step, sabotage: Option<Sabotage>) -> Arc<Self> {
        let (reached, open) = (Semaphore::new(0), Semaphore::new(0));
        Arc::new(Self { step, reached, open, sabotage })
    }

    async fn reached(&self) {
        self.reached.acquire().await.unwrap().forget();
    }

    fn open(&self) {
        self.open.add_permits(1);
    }
}

struct At(Arc<Gate>);

impl Hooks for At {
    fn at(&self, step: Step) -> Stop {
        let gate = self.0.clone();
        Box::pin(async move {
            if step == gate.step {
                gate.reached.add_permits(1);
                gate.open.acquire().await.unwrap().forget();
            }
            Ok(())
        })
    }

    fn sabotage(&self) -> Option<Sabotage> {
        self.0.sabotage
    }
}

/// Time for a transaction to come as far as it can. Nothing depends on it but how soon a fault is found.
async fn a_moment() {
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
}

#[derive(Clone, Copy)]
enum First {
    /// He who comes under the object.
    Joins,
    /// The change of the object.
    Changes,
}

/// Runs both, the first one held before its commit until the second has come as far as it can, with a drain
/// after the first commit. Whether everything is as a computation from the facts gives it.
async fn between<J, C>(
    o: &Arc<Office>,
    first: First,
    sabotage: Option<Sabotage>,
    join: impl FnOnce(Arc<Office>) -> J,
    change: impl FnOnce(Arc<Office>) -> C,
) -> bool
where
    J: Future<Output = ()> + Send + 'static,
    C: Future<Output = ()> + Send + 'static,
{
    let joins = Gate::at(Step::MarkWritten, sabotage);
    let changes = Gate::at(Step::BulkMarkWritten, sabotage);
    let joining = with_hooks(Arc::new(At(joins.clone())), join(o.clone()));
    let changing = with_hooks(Arc::new(At(changes.clone())), change(o.clone()));
    // On SQLite the second cannot begin before the first has committed.
    let (gates, tasks) = match first {
        First::Joins => {
            let one = tokio::spawn(joining);
            joins.reached().await;
            ([joins, changes], [one, tokio::spawn(changing)])
        }
        First::Changes => {
            let one = tokio::spawn(changing);
            changes.reached().await;
            ([changes, joins], [one, tokio::spawn(joining)])
        }
    };
    if sabotage.is_some() {
        // Without the lock nothing holds it up.
        gates[1].reached().await;
    } else {
        a_moment().await;
    }
    assert_eq!(precompute::drain(o.app()).await.unwrap(), None, "neither has committed");
    let [one, two] = tasks;
    gates[0].open();
    one.await.unwrap();
    if sabotage.is_none() {
        gates[1].reached().await;
    }
    if o.app().db.dialect() == Dialect::Postgres {
        o.drain().await;
    }
    gates[1].open();
    two.await.unwrap();
    o.drain().await;
    o.is_complete().await
}

macro_rules! nobody_is_forgotten {
    ($name:ident, before |$b:ident| $before:expr, |$j:ident| $join:expr, |$c:ident| $change:expr) => {
        mod $name {
            use super::*;

            async fn run(world: World, first: First, sabotage: Option<Sabotage>) -> bool {
                let $b = Arc::new(office(world).await);
                $before;
                $b.drain().await;
                let join = |$j: Arc<Office>| async move { $join };
                let change = |$c: Arc<Office>| async move { $change };
                between(&$b, first, sabotage, join, change).await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                for first in [First::Joins, First::Changes] {
                    assert!(run(World::sqlite().await, first, None).await);
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                for first in [First::Joins, First::Changes] {
                    let Some(world) = World::postgres().await else {
                        crate::support::skipped(module_path!());
                        return;
                    };
                    assert!(run(world, first, None).await);
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn and_without_the_lock_somebody_would_be() {
                let Some(world) = World::postgres().await else {
                    crate::support::skipped(module_path!());
                    return;
                };
                assert!(!run(world, First::Joins, Some(Sabotage::MarkWithoutLock)).await);
            }
        }
    };
}

fn late(limit: i32) -> serde_json::Value {
    json!({ "items": [{ "code": "L", "limit_minutes": limit }] })
}

fn scheme(late: Option<&str>) -> serde_json::Value {
    let section = json!({ "punch_rule": "P1", "late_rule": late });
    json!({ "workday": section, "weekday_ot": section, "rest_ot": section, "holiday_ot": section })
}

nobody_is_forgotten!(
    a_calendar,
    before | o | o.new_calendar("six", vec![7]).await,
    |o| o.calendar(o.one, "six", "2026-03-05").await,
    |o| o.holiday("six", "2026-03-11").await
);

nobody_is_forgotten!(
    a_default_shift,
    before | o | o.shift("D2", "09:00", "2026-01-01").await,
    |o| o.default_shift(o.one, Some("D2"), "2026-03-05").await,
    |o| o.shift("D2", "07:00", "2026-03-06").await
);

nobody_is_forgotten!(
    a_shift_of_the_roster,
    before | o | o.shift("D2", "09:00", "2026-01-01").await,
    |o| o.cell(o.one, "2026-03-11", Some("D2")).await,
    |o| o.shift("D2", "07:00", "2026-03-06").await
);

nobody_is_forgotten!(
    a_rule,
    before | o | {
        o.rule(RuleKind::Late, "L9", late(100), "2026-01-01").await;
        o.rule(RuleKind::Scheme, "S9", scheme(Some("L9")), "2026-01-01").await;
    },
    |o| o.scheme(o.one, Some("S9"), "2026-03-05").await,
    |o| o.rule(RuleKind::Late, "L9", late(5), "2026-03-06").await
);

nobody_is_forgotten!(
    a_scheme,
    before | o | o.rule(RuleKind::Scheme, "S9", scheme(Some("11")), "2026-01-01").await,
    |o| o.scheme(o.one, Some("S9"), "2026-03-05").await,
    |o| o.rule(RuleKind::Scheme, "S9", scheme(None), "2026-03-06").await
);

nobody_is_forgotten!(
    a_request_type,
    before | o | o.drain().await,
    |o| o.request(o.one, "050", "2026-03-11T13:00", "2026-03-12T17:00").await,
    |o| o
        .rule(
            RuleKind::RequestType,
            "050",
            json!({ "kind": "leave", "coefficients": { "a1": 1, "a2": 0.5 } }),
            "2026-03-02"
        )
        .await
);
