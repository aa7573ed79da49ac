DROP TABLE provider_intervals;
DROP TABLE providers;
