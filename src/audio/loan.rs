//! One end of a ring, lent to a device's callback: when the device goes, the end comes back and the next device gets it,
//! so that a stream outlives its devices.
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// The lent end. Its drop happens outside the callback: the device is closed by then.
#[derive(Debug)]
pub(super) struct Loan<T> {
    item: Option<T>,
    back: Option<SyncSender<T>>,
}

impl<T> Loan<T> {
    /// Never comes back.
    pub(super) const fn given(item: T) -> Self {
        Self { item: Some(item), back: None }
    }
    pub(super) const fn get(&mut self) -> Option<&mut T> {
        self.item.as_mut()
    }
}

impl<T> Drop for Loan<T> {
    fn drop(&mut self) {
        if let (Some(item), Some(back)) = (self.item.take(), &self.back) {
            // nobody waits for it: the stream is gone
            let _ = back.try_send(item);
        }
    }
}

/// Who lends.
#[derive(Debug)]
pub(super) struct Lender<T> {
    back: SyncSender<T>,
    returned: Receiver<T>,
}

impl<T> Lender<T> {
    pub(super) fn new(item: T) -> Self {
        let (back, returned) = sync_channel(1);
        let _ = back.try_send(item);
        Self { back, returned }
    }
    /// Lends it; `None` when a device that hangs does not give it back.
    pub(super) fn lend(&self) -> Option<Loan<T>> {
        let item = self.returned.recv_timeout(std::time::Duration::from_secs(2)).ok()?;
        Some(Loan { item: Some(item), back: Some(self.back.clone()) })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back() {
        let lender = Lender::new(7);
        let mut loan = lender.lend().unwrap();
        *loan.get().unwrap() += 1;
        drop(loan);
        assert_eq!(lender.lend().unwrap().get(), Some(&mut 8));
    }
}
