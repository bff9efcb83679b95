//! Transactions whose callers go away.

use futures::FutureExt;
use kaoqin::base::Query;

use crate::both;

both!(a_transaction_that_nobody_waits_for_leaves_no_connection_in_it, |world| async move {
    let db = &world.app.db;
    for _ in 0..50 {
        // Polled once: BEGIN is on its way, and nobody will hear the answer.
        let mut begin = Box::pin(db.snapshot());
        assert!(begin.as_mut().now_or_never().is_none_or(|begun| begun.is_ok()));
        drop(begin);
        // A connection that stayed in the read-only transaction could not write.
        for _ in 0..4 {
            let tx = db.begin().await.unwrap();
            let sql = "UPDATE setting SET value = value WHERE key = 'nothing'";
            tx.run(sql, vec![]).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
});
