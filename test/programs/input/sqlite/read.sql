-- The second run: what the first committed is there, what it left open is not.
PRAGMA integrity_check;
SELECT count(*), min(line), max(line), sum(length(line)) FROM log;
SELECT line FROM log WHERE id IN (1, 15001, 29999);
ATTACH 'second.db' AS second;
CREATE TABLE second.copy AS SELECT * FROM log WHERE id < 100;
SELECT count(*) FROM second.copy;
.tables
.schema log
