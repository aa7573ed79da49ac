DROP TABLE movements;
DROP TABLE entries;
DROP TABLE lot_balances;
DROP TABLE lots;
DROP TABLE schemes;
