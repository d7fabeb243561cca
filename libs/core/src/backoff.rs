//! The pauses between tries of something that has failed.

use std::time::Duration;

/// Pauses that double, each with jitter.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    /// From `first` to `longest`.
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, next: first }
    }

    /// The next pause: between half and all of a length that doubles each time, so that those who
    /// lost the same server do not come back at once.
    pub fn pause(&mut self) -> Duration {
        let pause = self.next.min(self.longest);
        self.next = (pause * 2).min(self.longest);
        pause.mul_f64(rand::random_range(0.5..1.0))
    }

    /// Begins again with the shortest, after something went well.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_anew_after_a_success() {
        let ms = Duration::from_millis;
        let mut backoff = Backoff::new(ms(100), ms(300));
        for longest in [100, 200, 300, 300] {
            let pause = backoff.pause();
            assert!(pause >= ms(longest) / 2 && pause <= ms(longest), "{pause:?} of {longest}");
        }
        backoff.reset();
        assert!(backoff.pause() <= ms(100));
    }
}
