//! There is a limit of connections; those beyond it wait for a place.

use std::time::Duration;

use crate::support::bodies::good;
use crate::support::{eventually, open_with};
use tracehound_receive::Limits;

#[test]
fn a_connection_beyond_the_limit_is_served_when_another_one_ends() {
    let door = open_with(|_, limits| *limits = Limits::new(2, Default::default()));
    let (mut first, mut second, mut third) = (door.client(), door.client(), door.client());
    assert_eq!(first.ask(&good()).status, 200);
    assert_eq!(second.ask(&good()).status, 200);

    third.send(&good());
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(door.keeper.spans(), 2, "the third waits");

    drop(first);
    assert_eq!(third.answer().status, 200);
    eventually("kept", || door.keeper.spans() == 3);
}
