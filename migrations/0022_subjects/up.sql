-- What an account is called under a salt is looked for by the account too.
CREATE INDEX subject_commits_by_learner ON subject_commits (salt, learner_id);
