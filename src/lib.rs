//! scooter-registry (architecture document to come)

pub mod audit;
pub mod plate;

pub mod words;

pub mod model;

pub mod clock;
pub mod config;

pub mod fleet_list;

pub mod storage;

pub mod registry;
