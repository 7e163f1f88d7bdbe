#![doc = include_str!("../README.md")]

mod diff;
pub mod loss;
pub mod markdown;
pub mod model;
pub mod storage;
