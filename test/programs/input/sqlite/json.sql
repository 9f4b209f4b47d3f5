-- JSON, full-text search, an R-tree, dates and mathematics.
SELECT json_extract('{"a":[1,{"b":"x"}]}', '$.a[1].b'), json_array(1, 'two', NULL), json_type('[1]');
SELECT key, value, path FROM json_tree('{"fish":{"name":"cod","kg":[3,4]}}') WHERE atom IS NOT NULL;
SELECT json_group_object(name, size) FROM (SELECT 'cod' AS name, 3 AS size UNION ALL SELECT 'eel', 5);
SELECT json_set('{"a":1}', '$.b', json('[2,3]')), json_patch('{"a":1,"c":2}', '{"a":null}');
CREATE VIRTUAL TABLE page USING fts5(title, body);
INSERT INTO page VALUES('kernels', 'a small kernel passes messages'), ('fish', 'a shoal swims together'),
  ('messages', 'messages pass between kernels and kernels pass messages');
SELECT title, highlight(page, 1, '[', ']') FROM page WHERE page MATCH 'messages' ORDER BY rank;
SELECT title FROM page WHERE page MATCH 'body: swim* OR title: kern*';
CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1);
INSERT INTO box VALUES(1, 0, 10, 0, 10), (2, 5, 15, 5, 15), (3, 20, 30, 20, 30);
SELECT id FROM box WHERE x0 <= 7 AND x1 >= 7 AND y0 <= 7 AND y1 >= 7;
SELECT date('2024-02-28', '+2 days'), strftime('%s', '2001-09-09 01:46:40'), julianday('2000-01-01');
SELECT round(sqrt(2), 12), round(pi(), 12), ceil(1.2), log(100), round(sin(1), 12), power(2, 10);
