DROP TABLE learner_views;
DROP TABLE learner_sessions;
DROP TABLE learner_codes;
DROP TABLE learner_events;
DROP TABLE learners;
