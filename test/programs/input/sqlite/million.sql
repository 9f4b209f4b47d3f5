-- A million rows into memory, two indexes, joins and aggregates over them.
CREATE TABLE sale(id INTEGER PRIMARY KEY, shop INTEGER, item TEXT, cents INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 1000000)
INSERT INTO sale SELECT i, (i * 7919) % 100, 'item' || (i * 104729 % 5000), (i * 31337) % 10000 FROM n;
CREATE INDEX byShop ON sale(shop);
CREATE INDEX byItem ON sale(item, cents);
SELECT count(*), sum(cents), min(item), max(item) FROM sale;
SELECT shop, count(*), avg(cents) FROM sale WHERE shop IN (3, 50, 99) GROUP BY shop;
SELECT item, max(cents) FROM sale GROUP BY item ORDER BY 2 DESC, 1 LIMIT 5;
SELECT count(*) FROM sale a JOIN sale b ON a.id = b.id + 1 WHERE a.shop = 17 AND b.cents > 5000;
EXPLAIN QUERY PLAN SELECT * FROM sale WHERE item = 'item42' AND cents > 10;
PRAGMA integrity_check;
