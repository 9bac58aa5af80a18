//! What a sound card's callback does takes no memory and gives none back: counted by the allocator itself.
#![allow(unsafe_code, clippy::unwrap_used, missing_docs)]
use landline::audio::{
    Meter,
    realtime::{Capture, Pcm, Playback},
};
use rtrb::RingBuffer;
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

thread_local! {
    /// Calls of the allocator on this thread.
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: hands everything to the system's allocator unchanged; counting touches no memory of its own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.with(|calls| calls.set(calls.get() + 1));
        // SAFETY: as this function's own contract.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        CALLS.with(|calls| calls.set(calls.get() + 1));
        // SAFETY: as this function's own contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn calls() -> u64 {
    CALLS.with(Cell::get)
}

/// A card's buffers through both callbacks, ring full, ring empty and in between.
fn run<T: Pcm>(rate: u32, channels: u16) -> u64 {
    let (ring, mut heard) = RingBuffer::new(9600);
    let mut capture = Capture::new(ring, channels, rate, Meter::default()).unwrap();
    let (mut said, ring) = RingBuffer::new(9600);
    let mut playback = Playback::new(ring, channels, rate, Meter::default()).unwrap();
    let frames = (rate / 100) as usize;
    let input = vec![T::from_f32(0.5); frames * usize::from(channels)];
    let mut output = vec![T::from_f32(0.0); frames * usize::from(channels)];
    let before = calls();
    for round in 0..200 {
        capture.hear(&input);
        playback.speak(&mut output);
        if round % 50 < 25 {
            while let Ok(sample) = heard.pop() {
                if said.push(sample).is_err() {
                    break;
                }
            }
        }
    }
    let taken = calls() - before;
    assert!(output.iter().all(|s| s.to_f32().is_finite()));
    taken
}

#[test]
fn callbacks_take_no_memory_at_any_rate_and_format() {
    for (rate, channels) in [(48_000, 1), (48_000, 2), (44_100, 2), (16_000, 1), (96_000, 6)] {
        assert_eq!(run::<f32>(rate, channels), 0, "f32 at {rate}");
        assert_eq!(run::<i16>(rate, channels), 0, "i16 at {rate}");
        assert_eq!(run::<i32>(rate, channels), 0, "i32 at {rate}");
    }
}

#[test]
fn the_count_can_fail() {
    let before = calls();
    drop(std::hint::black_box(vec![1_u8; 10]));
    assert_eq!(calls() - before, 2);
}
