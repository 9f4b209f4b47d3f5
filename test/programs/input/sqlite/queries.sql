-- Twenty thousand rows: indexes, views, window functions, recursive and plain expressions.
CREATE TABLE t(a INTEGER PRIMARY KEY, b INTEGER, c TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 20000)
INSERT INTO t SELECT i, (i * 37) % 1001, printf('%08x', i * 2654435761 % 4294967296) FROM n;
CREATE INDEX tb ON t(b);
CREATE VIEW small AS SELECT * FROM t WHERE b < 10;
.mode column
.headers on
SELECT count(*) AS n, sum(b) AS total, round(avg(b), 3) AS mean FROM t;
SELECT b, group_concat(c, '/') AS words FROM (SELECT * FROM small ORDER BY a LIMIT 12) GROUP BY b;
SELECT a, b, row_number() OVER w AS place, lag(b, 1, -1) OVER w AS before
  FROM t WHERE a <= 8 WINDOW w AS (ORDER BY b DESC);
.mode csv
SELECT a, sum(b) OVER (ORDER BY a ROWS 2 PRECEDING) FROM t WHERE a < 7;
WITH RECURSIVE fact(n, f) AS (VALUES(1, 1) UNION ALL SELECT n+1, f*(n+1) FROM fact WHERE n < 15)
  SELECT * FROM fact WHERE n % 5 = 0;
SELECT 1/3, 1.0/3, 7 % 3, 'a' || 1, upper('shoal'), hex(x'00ff'), typeof(1e3), abs(-5), 3 <> 4;
UPDATE t SET c = 'changed' WHERE b = 500;
DELETE FROM t WHERE b > 900;
SELECT changes(), count(*), sum(c = 'changed') FROM t;
SELECT instr('haystack', 'st'), substr('haystack', 3, 2), replace('aXbX', 'X', '--'), trim('  x ');
SELECT max(a, b), coalesce(NULL, NULL, 3), nullif(1, 1) IS NULL FROM t LIMIT 1;
