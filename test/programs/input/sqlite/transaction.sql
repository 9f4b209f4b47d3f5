-- A transaction left open, savepoints, rollback, constraints, a trigger.
CREATE TABLE account(name TEXT PRIMARY KEY, balance INTEGER CHECK (balance >= 0)) WITHOUT ROWID;
CREATE TABLE history(what TEXT);
CREATE TRIGGER note AFTER UPDATE ON account BEGIN
  INSERT INTO history VALUES(old.name || ' ' || old.balance || '->' || new.balance);
END;
INSERT INTO account VALUES('ann', 100), ('bob', 50);
BEGIN;
UPDATE account SET balance = balance - 30 WHERE name = 'ann';
SAVEPOINT half;
UPDATE account SET balance = balance + 999 WHERE name = 'bob';
ROLLBACK TO half;
UPDATE account SET balance = balance + 30 WHERE name = 'bob';
COMMIT;
SELECT * FROM account;
UPDATE account SET balance = balance - 500 WHERE name = 'bob';
INSERT INTO account VALUES('ann', 1);
SELECT * FROM history;
BEGIN;
DELETE FROM account;
SELECT count(*) FROM account;
ROLLBACK;
SELECT count(*) FROM account;
BEGIN;
INSERT INTO account VALUES('cat', 7);
SELECT count(*), total(balance) FROM account;
