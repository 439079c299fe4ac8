//! Stores that fail, on demand.

use std::collections::BTreeMap;

/// When an operation fails that is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It has no effect: the request was lost.
    Before,
    /// It took effect and nobody learns of it: the answer was lost.
    After,
}

#[derive(Default)]
pub(super) struct Faults {
    asked: u64,
    planned: BTreeMap<u64, Moment>,
    down: bool,
}

impl Faults {
    pub(super) fn plan(&mut self, n: u64, moment: Moment) {
        self.planned.insert(self.asked + n, moment);
    }

    pub(super) fn set_down(&mut self, down: bool) {
        self.down = down;
    }

    /// Counts one operation and says whether it fails.
    pub(super) fn next(&mut self) -> Option<Moment> {
        self.asked += 1;
        let planned = self.planned.remove(&self.asked);
        if self.down { Some(Moment::Before) } else { planned }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_planned_operation_fails_and_no_other() {
        let mut faults = Faults::default();
        faults.next();
        faults.plan(2, Moment::After);
        assert_eq!([faults.next(), faults.next(), faults.next()], [None, Some(Moment::After), None]);
    }

    #[test]
    fn a_store_that_is_down_fails_until_it_is_up() {
        let mut faults = Faults::default();
        faults.set_down(true);
        assert_eq!([faults.next(), faults.next()], [Some(Moment::Before); 2]);
        faults.set_down(false);
        assert_eq!(faults.next(), None);
    }
}
