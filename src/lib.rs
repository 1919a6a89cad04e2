//! scooter-registry (architecture document to come)
pub mod audit;
pub mod clock;
pub mod model;
pub mod plate;
pub mod storage;
