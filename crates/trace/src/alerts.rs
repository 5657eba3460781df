//! Detectors of unusual reading.
