DROP TABLE recognition_decisions;
DROP TABLE waivers;
