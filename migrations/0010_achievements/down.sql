DROP TABLE achievement_events;
DROP TABLE achievements;
