//! A span that is current on a thread cannot be so across an `.await`, after which the future may be on another one.

use tracehound::span;

fn spawn(_: impl Future + Send) {}

async fn other() {}

fn main() {
    spawn(async {
        let work = span!("work");
        let _entered = work.enter();
        other().await;
    });
    spawn(async {
        let _work = span!("work").entered();
        other().await;
    });
}
