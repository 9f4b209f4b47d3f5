-- A database file in the granted directory, with its rollback journal; one run of two.
PRAGMA journal_mode = DELETE;
PRAGMA page_size = 4096;
CREATE TABLE log(id INTEGER PRIMARY KEY, line TEXT);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 30000)
INSERT INTO log SELECT i, 'line number ' || i || ' of many' FROM n;
COMMIT;
CREATE INDEX byLine ON log(line);
BEGIN;
UPDATE log SET line = 'dropped' WHERE id % 3 = 0;
ROLLBACK;
DELETE FROM log WHERE id % 10 = 0;
VACUUM;
SELECT count(*), (SELECT page_count FROM pragma_page_count) FROM log;
BEGIN;
DELETE FROM log;
SELECT 'left open', count(*) FROM log;
