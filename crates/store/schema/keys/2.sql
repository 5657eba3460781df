-- A batch is put to service, and the last one found, without reading every key.
CREATE INDEX key_slot_batch ON key_slot (batch);
