//! What is done to a task of the game: crashes, pauses, sabotage.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use kaoqin::base::Fault;
use kaoqin::base::failpoint::{Hooks, Sabotage, Step, Stop};
use tokio::sync::Semaphore;

/// Holds a task until it is opened.
pub struct Gate {
    reached: Semaphore,
    open: Semaphore,
}

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self { reached: Semaphore::new(0), open: Semaphore::new(0) })
    }

    pub async fn reached(&self) {
        self.reached.acquire().await.unwrap().forget();
    }

    pub fn open(&self) {
        self.open.add_permits(1);
    }
}

#[derive(Clone)]
enum Act {
    Crash,
    Hold(Arc<Gate>),
}

/// Hooks of one task. The plan is carried out once, at the first of its steps that is reached.
pub struct Reins {
    plan: Mutex<Option<(Vec<Step>, Act)>>,
    sabotage: Option<Sabotage>,
    people: u32,
    /// Between evaluation and commit of a drain.
    evaluated: AtomicBool,
    /// A drain had to evaluate again what somebody else had settled meanwhile.
    again: AtomicBool,
}

/// What a crash looks like to the caller.
const CRASH: &str = "crashed on purpose";

pub fn is_crash(text: &str) -> bool {
    text.contains(CRASH)
}

/// A change before its marks are written.
pub const BEFORE_MARKS: [Step; 2] = [Step::MarkBegins, Step::BulkMarkBegins];
/// A change whose marks are written, not committed.
pub const MARKED: [Step; 3] = [Step::MarkWritten, Step::OwnMarkWritten, Step::BulkMarkWritten];

impl Reins {
    fn with(sabotage: Option<Sabotage>, people: u32, plan: Option<(Vec<Step>, Act)>) -> Arc<Self> {
        Arc::new(Self {
            plan: Mutex::new(plan),
            sabotage,
            people,
            evaluated: AtomicBool::new(false),
            again: AtomicBool::new(false),
        })
    }

    pub fn free(sabotage: Option<Sabotage>, people: u32) -> Arc<Self> {
        Self::with(sabotage, people, None)
    }

    pub fn crashing(sabotage: Option<Sabotage>, people: u32, at: &[Step]) -> Arc<Self> {
        Self::with(sabotage, people, Some((at.to_vec(), Act::Crash)))
    }

    pub fn held(sabotage: Option<Sabotage>, people: u32, at: &[Step]) -> (Arc<Self>, Arc<Gate>) {
        let gate = Gate::new();
        let plan = Some((at.to_vec(), Act::Hold(gate.clone())));
        (Self::with(sabotage, people, plan), gate)
    }

    /// Whether a drain evaluated in vain: the lease did not keep others away.
    pub fn evaluated_again(&self) -> bool {
        self.again.load(Ordering::SeqCst)
    }

    fn follow(&self, step: Step) {
        let was = match step {
            Step::DrainBegins | Step::DrainCommitted => {
                self.evaluated.swap(false, Ordering::SeqCst)
            }
            Step::DrainEvaluated => self.evaluated.swap(true, Ordering::SeqCst),
            _ => false,
        };
        if was && step == Step::DrainBegins {
            self.again.store(true, Ordering::SeqCst);
        }
    }

    fn due(&self, step: Step) -> Option<Act> {
        let mut plan = self.plan.lock().unwrap();
        let due = plan.as_ref().is_some_and(|(steps, _)| steps.contains(&step));
        if due { plan.take().map(|(_, act)| act) } else { None }
    }
}

impl Hooks for Reins {
    fn at(&self, step: Step) -> Stop {
        self.follow(step);
        let act = self.due(step);
        Box::pin(async move {
            match act {
                None => Ok(()),
                Some(Act::Crash) => Err(Fault::text(format!("{CRASH} at {step:?}"))),
                Some(Act::Hold(gate)) => {
                    gate.reached.add_permits(1);
                    gate.open.acquire().await.unwrap().forget();
                    Ok(())
                }
            }
        })
    }

    fn sabotage(&self) -> Option<Sabotage> {
        self.sabotage
    }

    fn people(&self) -> Option<u32> {
        Some(self.people)
    }
}
