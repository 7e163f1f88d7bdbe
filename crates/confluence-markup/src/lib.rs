#![doc = include_str!("../README.md")]

pub mod adf;
mod diff;
pub mod loss;
pub mod markdown;
pub mod model;
pub mod storage;
