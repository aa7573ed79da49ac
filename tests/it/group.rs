//! Writers on SQLite that wait share a commit, and nothing else.

use std::sync::{Mutex, mpsc};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use hufu::db::{Conn, Db};
use hufu::error::{Error, Fault};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// What a transaction does after it has written its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Answers,
    Refuses,
    Panics,
    /// As SQLite does by itself when the disk is full.
    RollsEverythingBack,
}

/// A database with a table, the numbers that are in it, and a writer that puts at most `most` into a commit.
struct Shelf {
    db: Db,
    _folder: tempfile::TempDir,
}

impl Shelf {
    fn new(most: u32) -> Shelf {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(folder.path().join("shelf.sqlite").to_str().unwrap(), 2, most).unwrap();
        db.write_now(|conn| Ok(conn.batch_execute("CREATE TABLE shelf (n BIGINT NOT NULL UNIQUE)")?)).unwrap();
        Shelf { db, _folder: folder }
    }

    fn kept(&self) -> Vec<i64> {
        let rows: Vec<Row> = self.db.read_now(load).unwrap();
        rows.into_iter().map(|row| row.n).collect()
    }

    /// Runs all of these while the writer is busy with another, so that they wait together; their answers, and how many commits there were.
    fn together(&self, work: &[(i64, Then)]) -> (Vec<Result<i64, Error>>, u64) {
        let before = self.db.commits();
        let (busy, is_busy) = mpsc::channel::<()>();
        let (release, released) = mpsc::channel::<()>();
        let answers = actix_web::rt::System::new().block_on(async {
            let first = actix_web::rt::spawn(hold(self.db.clone(), busy, Mutex::new(released)));
            actix_web::rt::task::spawn_blocking(move || is_busy.recv().unwrap()).await.unwrap();
            let waiting: Vec<_> = work.iter().map(|(n, then)| actix_web::rt::spawn(put(self.db.clone(), *n, *then))).collect();
            // Each has sent its work to the writer before it waits for an answer.
            for _ in 0..100 {
                actix_web::rt::task::yield_now().await;
            }
            release.send(()).unwrap();
            first.await.unwrap();
            let mut answers = Vec::new();
            for one in waiting {
                answers.push(one.await.unwrap());
            }
            answers
        });
        (answers, self.db.commits() - before)
    }
}

/// A transaction that lasts until it is released.
async fn hold(db: Db, busy: mpsc::Sender<()>, released: Mutex<mpsc::Receiver<()>>) {
    let work = move |_: &mut Conn| {
        busy.send(()).map_err(Fault::new)?;
        Ok(released.lock().unwrap().recv().map_err(Fault::new)?)
    };
    db.write(work).await.unwrap();
}

fn load(conn: &mut Conn) -> Result<Vec<Row>, Error> {
    let query = diesel::sql_query("SELECT n FROM shelf ORDER BY n");
    Ok(hufu::on_backend!(conn, c => query.load(c))?)
}

async fn put(db: Db, n: i64, then: Then) -> Result<i64, Error> {
    db.write(move |conn| {
        conn.batch_execute(&format!("INSERT INTO shelf VALUES ({n})"))?;
        match then {
            Then::Answers => Ok(n),
            Then::Refuses => Err(hufu::providers::ProviderRefusal::NotFound.at("n").into()),
            Then::Panics => panic!("a transaction that panics"),
            Then::RollsEverythingBack => Ok(conn.batch_execute("ROLLBACK").map(|()| n)?),
        }
    })
    .await
}

#[test]
fn those_who_wait_share_a_commit() {
    let shelf = Shelf::new(64);
    let work: Vec<(i64, Then)> = (1..=20).map(|n| (n, Then::Answers)).collect();
    let (answers, commits) = shelf.together(&work);
    assert_eq!(answers.into_iter().map(Result::unwrap).collect::<Vec<_>>(), shelf.kept());
    assert_eq!((shelf.kept().len(), commits), (20, 2), "one for the first, one for all that waited");
}

#[test]
fn no_more_share_a_commit_than_the_setting_says() {
    let shelf = Shelf::new(1);
    let work: Vec<(i64, Then)> = (1..=5).map(|n| (n, Then::Answers)).collect();
    assert_eq!((shelf.together(&work).1, shelf.kept().len()), (6, 5));
}

#[test]
fn one_that_is_refused_or_panics_takes_nothing_of_the_others_back() {
    let shelf = Shelf::new(64);
    let (answers, commits) =
        shelf.together(&[(1, Then::Answers), (2, Then::Refuses), (3, Then::Answers), (4, Then::Panics), (3, Then::Answers), (5, Then::Answers)]);
    assert!(matches!(answers[1], Err(Error::Refusal(_))), "{:?}", answers[1]);
    assert!(matches!(answers[3], Err(Error::Fault(_))), "{:?}", answers[3]);
    assert!(matches!(answers[4], Err(Error::Fault(_))), "what another of the same commit wrote is seen: {:?}", answers[4]);
    assert_eq!((shelf.kept(), commits), (vec![1, 3, 5], 2));
}

#[test]
fn where_the_common_transaction_fails_each_runs_again_alone() {
    let shelf = Shelf::new(64);
    let (answers, _) = shelf.together(&[(1, Then::Answers), (2, Then::RollsEverythingBack), (3, Then::Answers)]);
    assert!(matches!(answers[1], Err(Error::Fault(_))), "{:?}", answers[1]);
    assert_eq!((answers[0].as_ref().ok(), answers[2].as_ref().ok()), (Some(&1), Some(&3)));
    assert_eq!(shelf.kept(), [1, 3]);
    assert_eq!(shelf.together(&[(4, Then::Answers)]).0[0].as_ref().ok(), Some(&4), "the writer goes on");
}
